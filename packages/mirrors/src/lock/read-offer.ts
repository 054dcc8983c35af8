import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Exec } from "@pibuild/core";
import type { Fetching } from "../fetch/fetch-file.ts";
import { useFile } from "../fetch/use-file.ts";
import { unpack } from "../index/load-table.ts";
import { packagesNames } from "../index/packages-names.ts";
import { fieldOf, indexEntry, readParagraphs } from "../index/read-index.ts";
import type { Archive } from "../policy/archive.ts";
import type { LockedPackage, LockedRelease } from "../policy/lock.ts";
import { readRelease } from "../release/release-file.ts";
import { nameOf } from "../release/release-names.ts";

/** A package that a release has, and the component of it. */
export interface Offered extends LockedPackage {
  readonly component: string;
  readonly release: LockedRelease;
}

export interface Reading {
  readonly fetching: Fetching;
  readonly exec: Exec;
  readonly archives: readonly Archive[];
  readonly architectures: readonly string[];
}

/**
 * Gives what a release has for these architectures, each with its paragraph. The release's files come from the
 * store, else from mirrors. Throws NobodyDelivers.
 */
export async function* readOffer(
  { fetching, exec, archives, architectures }: Reading,
  release: LockedRelease,
): AsyncGenerator<readonly [Offered, paragraph: string]> {
  const { archive: name, path } = release;
  const archive = archives.find((each) => each.name === name) ?? {
    ...{ name, addresses: [], candidates: [] },
  };
  const text = await useFile(fetching, archive, release, ({ path }) => readFile(path, "latin1"));
  const read = readRelease(text);
  if (read === undefined) return;
  const partial = join(fetching.store.directory, "partial");
  await mkdir(partial, { recursive: true });
  const root = path.slice(0, path.lastIndexOf("/") + 1);
  for (const index of packagesNames(read.entries.keys(), architectures)) {
    const named = nameOf(root, index, read);
    if (named === undefined) continue;
    const component = index.replace(/(?:^|\/)binary-.*$|^Packages.*$/, "");
    const scratch = await mkdtemp(join(partial, "index-"));
    await using _scratch = { [Symbol.asyncDispose]: () => rm(scratch, { recursive: true }) };
    const plain = await useFile(fetching, archive, named, (stored) =>
      unpack(exec, stored.path, join(scratch, "Packages"), index),
    );
    for await (const paragraph of readParagraphs(plain)) {
      const entry = indexEntry(paragraph);
      if (entry === undefined) continue;
      const field = (label: string) => fieldOf(paragraph, label) ?? "";
      const [of, version, architecture] = ["Package", "Version", "Architecture"].map(field);
      if (!of || !version || !architecture) continue;
      const found = { name: of, version, architecture, archive: name, ...entry };
      yield [{ ...found, component, release }, paragraph];
    }
  }
}
