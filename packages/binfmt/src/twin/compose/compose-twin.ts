import { copyFile, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { Elf } from "../elf.ts";
import { redirected } from "../programs.ts";
import { addLibraries } from "./add-libraries.ts";
import { addConverters, addModules } from "./add-modules.ts";
import { findInTrees } from "./find-in-trees.ts";
import { graftProgram } from "./graft-program.ts";
import {
  isListed,
  listProgram,
  olderPlace,
  shimName,
  type TwinTrees,
  writeProgram,
} from "./twin-files.ts";

export interface TwinSources {
  readonly newest: TwinTrees;
  /** Some of them in the versions that the release began with, which a bootstrap may install. */
  readonly older: TwinTrees | undefined;
  readonly perlShim: string;
  readonly qemu: string;
}

/**
 * Lays out the twin in an empty directory: grafted programs at their paths, those of older versions
 * below `older`, the libraries at the top, and `run/<condition>/<build id of the target's program>`
 * as the list that the redirect reads. A program that is not in both trees is left out, and so are
 * the packages of `without`.
 */
export async function composeTwin(
  { newest, older, perlShim, qemu }: TwinSources,
  directory: string,
  without: readonly string[] = [],
): Promise<void> {
  await mkdir(join(directory, "run"), { recursive: true });
  await addPrograms(newest, directory, { place: "", without });
  if (older !== undefined) await addPrograms(older, directory, { place: olderPlace, without });
  await addConverters(newest.host, directory);
  await copyFile(perlShim, join(directory, shimName));
  await copyFile(qemu, join(directory, "qemu"));
}

interface Placing {
  /** The directory of the programs, below the twin's; libraries are all at the top. */
  readonly place: string;
  readonly without: readonly string[];
}

async function addPrograms(
  trees: TwinTrees,
  directory: string,
  { place, without }: Placing,
): Promise<void> {
  const wanted: Elf[] = [];
  for (const row of redirected.filter((candidate) => !without.includes(candidate.package))) {
    for (const name of row.programs) {
      const found = await findInTrees(trees, name);
      const condition = row.condition ?? "always";
      if (found === undefined) continue;
      if (place !== "" && (await isListed(directory, condition, found.targetId))) continue;
      const elf = await graftProgram(found.host, row.package, place);
      if (elf === undefined) continue;
      wanted.push(elf);
      await writeProgram(join(directory, place, found.path), elf.bytes);
      await listProgram(directory, condition, found.targetId, join(place, found.path));
    }
  }
  // Nothing of an older version, nothing that it loads.
  if (wanted.length === 0) return;
  await addModules(trees, directory, place);
  // Modules in packages of their own are the newest for either perl.
  if (place === olderPlace) await symlink("../perl5", join(directory, place, "perl5"));
  await addLibraries(trees.host, directory, wanted, place);
}
