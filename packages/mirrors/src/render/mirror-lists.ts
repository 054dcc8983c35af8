import type { Archive } from "../policy/archive.ts";

/** An address of an archive, and the file that stands for it. */
export interface ListedAddress {
  readonly archive: Archive;
  readonly address: string;
  /** A name in `mirrorDirectory`. */
  readonly list: string;
}

/** Where the lists are in an image. */
export const mirrorDirectory = "/etc/apt/build-mirrors";

/** Each address has a list of its own, so that the address can be told from the list again. */
export function listedAddresses(archives: readonly Archive[]): ListedAddress[] {
  return archives.flatMap((archive) =>
    archive.addresses.map((address, index) => ({
      ...{ archive, address },
      list: `${archive.name}${index === 0 ? "" : `-${index + 1}`}.list`,
    })),
  );
}

/** The mirrors of an archive as apt-transport-mirror(1) reads them: the most wanted first. */
export function mirrorList({ candidates }: Archive): string {
  return candidates.map((address, index) => `${address}\tpriority:${index + 1}\n`).join("");
}

/** What a source has in place of an address. */
export function mirrorAddress({ list }: Pick<ListedAddress, "list">): string {
  return `mirror+file:${mirrorDirectory}/${list}`;
}
