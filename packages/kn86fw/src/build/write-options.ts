import type { Manifest } from "../format/manifest.ts";
import type { Source } from "../read/source.ts";

/** What a payload says of the system in it; docs/kn86fw.md says what each field means. */
export type Description = Pick<
  Manifest,
  "version" | "securityEpoch" | "compatible" | "createdAt"
> & { readonly boards: readonly string[]; readonly layout: string };

/** An image, and the bytes of the partition that it is for. */
export interface SlotSource {
  readonly image: Source;
  readonly slot: number;
}

/** The system that a delta builds upon. */
export interface Base {
  readonly description: NonNullable<Manifest["base"]>;
  readonly boot: Source;
  readonly root: Source;
}

/** What a payload is made of, and where it goes. */
export interface WriteOptions {
  readonly output: string;
  readonly description: Description;
  readonly boot: SlotSource;
  readonly root: SlotSource;
  /** Where `cmdline.txt` is in the boot image, and its 512 bytes for either slot. */
  readonly cmdline: { readonly offset: number; readonly a: Buffer; readonly b: Buffer };
  readonly base?: Base;
  /** Of zstd; 3 where nothing is said. */
  readonly level?: number;
  readonly chunkSize?: number;
  /** The file's mode. Default: 0o644. */
  readonly mode?: number;
}
