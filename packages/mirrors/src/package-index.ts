import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Sha256 } from "@pibuild/core";
import { lineOf, readPieces } from "./index/read-index.ts";

/** What signed indexes say of some files of packages. */
export interface PackageIndex {
  /** No index names any package at all, of these or others. */
  readonly isEmpty: boolean;
  /** By the name that apt gives a package's file: the sums that it may have. */
  readonly sums: ReadonlyMap<string, ReadonlySet<Sha256>>;
}

const [gap, nameLabel, versionLabel, archLabel, sumLabel] = [
  "\n\n",
  "\nPackage: ",
  "\nVersion: ",
  "\nArchitecture: ",
  "\nSHA256: ",
].map((text) => Buffer.from(text)) as [Buffer, Buffer, Buffer, Buffer, Buffer];

/**
 * What apt's signed indexes name of these files, of all directories together: each is a tree's
 * `var/lib/apt/lists`, or a copy. An index without a signed release file beside it counts for nothing.
 */
export async function readPackageIndex(
  directories: readonly string[],
  files: readonly string[],
): Promise<PackageIndex> {
  const wanted = new Set(files.map((file) => file.slice(0, file.indexOf("_"))));
  const sums = new Map<string, Set<Sha256>>();
  let isEmpty = true;
  for (const index of await signedIndexes(directories)) {
    // A chroot may have made anything of that name, or taken it away meanwhile.
    const found = await readOne(index, wanted).catch(() => undefined);
    if (found === undefined) continue;
    isEmpty &&= found.isEmpty;
    for (const [file, sum] of found.files) sums.set(file, (sums.get(file) ?? new Set()).add(sum));
  }
  return { isEmpty, sums };
}

async function readOne(index: string, wanted: ReadonlySet<string>) {
  const files: (readonly [string, Sha256])[] = [];
  let isEmpty = true;
  for await (const piece of readPieces(index)) {
    isEmpty &&= !piece.includes(nameLabel);
    for (const paragraph of paragraphsOf(wanted, piece)) {
      const [name, version, arch, sum] = [nameLabel, versionLabel, archLabel, sumLabel].map(
        (label) => lineOf(paragraph, label),
      );
      if (!name || !version || !arch || !sum) continue;
      const file = `${name}_${quoted(version, /[_:]/g)}_${quoted(arch, /[_:.]/g)}.deb`;
      files.push([file, sum as Sha256]);
    }
  }
  return { isEmpty, files };
}

/** Of 60,000 packages a cache has some hundreds, and each process that runs a step reads the index. */
function* paragraphsOf(wanted: ReadonlySet<string>, piece: Buffer): Generator<Buffer> {
  for (let at = piece.indexOf(nameLabel); at !== -1; at = piece.indexOf(nameLabel, at)) {
    const before = at;
    at += nameLabel.length;
    const lineEnd = piece.indexOf(10, at);
    const name = piece.toString("latin1", at, lineEnd === -1 ? piece.length : lineEnd).trim();
    if (!wanted.has(name)) continue;
    const end = piece.indexOf(gap, at);
    const start = piece.lastIndexOf(gap, before);
    yield piece.subarray(start + 1, end === -1 ? piece.length : end);
  }
}

async function signedIndexes(directories: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const directory of directories) {
    const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
    const signed = entries.flatMap(
      ({ name }) => /^(.*_)(?:InRelease|Release\.gpg)$/.exec(name)?.[1] ?? [],
    );
    const isSigned = (name: string) => signed.some((suite) => name.startsWith(suite));
    for (const entry of entries) {
      if (entry.isFile() && entry.name.endsWith("_Packages") && isSigned(entry.name))
        found.push(join(directory, entry.name));
    }
  }
  return found;
}

/** As apt's QuoteString does. */
function quoted(text: string, special: RegExp): string {
  return text.replaceAll(special, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
}
