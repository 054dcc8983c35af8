import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { buildId, readElf } from "../elf.ts";
import { graftPaths } from "../graft.ts";
import {
  elfOf,
  hostLibraries,
  listProgram,
  type TwinTrees,
  targetLibraries,
  writeProgram,
} from "./twin-files.ts";

/** perl's compiled modules, and the list of those that the redirect knows. */
export async function addModules(
  { host, target }: TwinTrees,
  directory: string,
  place: string,
): Promise<void> {
  for (const name of ["perl-base", "perl", "perl5"]) {
    for (const path of await modulesBelow(host, hostLibraries, name)) {
      const elf = await elfOf(path.file);
      if (elf === undefined) continue;
      graftPaths(elf.bytes);
      await writeProgram(join(directory, place, path.inside), elf.bytes);
    }
    for (const path of await modulesBelow(target, targetLibraries, name)) {
      const elf = await elfOf(path.file);
      const id = elf && buildId(elf);
      if (id !== undefined) await listProgram(directory, "module", id, join(place, path.inside));
    }
  }
}

/** libc's converters between character sets, which it opens by itself. */
export async function addConverters(host: string, directory: string): Promise<void> {
  for (const libraries of hostLibraries) {
    const from = join(host, libraries, "gconv");
    for (const name of await namesIn(from)) {
      const bytes = await readFile(join(from, name)).catch(() => undefined);
      if (bytes === undefined) continue;
      if (readElf(bytes) !== undefined) graftPaths(bytes);
      await writeProgram(join(directory, "gconv", name), bytes);
    }
  }
}

async function modulesBelow(
  tree: string,
  libraries: readonly string[],
  name: string,
): Promise<{ file: string; inside: string }[]> {
  const found = await Promise.all(
    libraries.map(async (directory) => {
      const top = join(tree, directory);
      const names = await readdir(join(top, name), { recursive: true }).catch(() => []);
      return names
        .filter((entry) => entry.endsWith(".so"))
        .map((entry) => ({ file: join(top, name, entry), inside: join(name, entry) }));
    }),
  );
  return found.flat();
}

async function namesIn(directory: string): Promise<string[]> {
  return await readdir(directory).catch(() => []);
}
