import { existsSync } from "node:fs";
import { readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { type Elf, neededLibraries } from "../elf.ts";
import { graftArchitecture, graftLoader, graftOlder, graftPaths, ungraftedName } from "../graft.ts";
import { elfOf, hostLibraries, olderPlace, shimName, writeProgram } from "./twin-files.ts";

/** The loader, and every library that programs need, directly or through another one. */
export async function addLibraries(
  host: string,
  directory: string,
  programs: Elf[],
  place: string,
): Promise<void> {
  const modules = await elfsBelow(join(directory, place), ["perl-base", "perl", "perl5"]);
  // libc opens it by itself, when a thread ends early.
  const queue = ["libgcc_s.so.1", ...[...programs, ...modules].flatMap(neededLibraries)];
  const done = new Set([shimName]);
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (done.has(name)) continue;
    done.add(name);
    if (existsSync(join(directory, name))) continue;
    const file = place === olderPlace ? ungraftedName(name) : name;
    const elf = await firstElf(hostLibraries.map((libraries) => join(host, libraries, file)));
    if (elf === undefined) continue;
    if (place === olderPlace) graftOlder(elf.bytes);
    if (name.startsWith("ld-linux")) graftLoader(elf.bytes);
    if (name.startsWith("libapt-")) graftArchitecture(elf.bytes);
    graftPaths(elf.bytes);
    await writeProgram(join(directory, name), elf.bytes);
    if (name.startsWith("ld-linux")) await symlink(name, join(directory, "ld"));
    queue.push(...neededLibraries(elf));
  }
}

async function elfsBelow(directory: string, names: readonly string[]): Promise<Elf[]> {
  const found: Elf[] = [];
  for (const name of names) {
    const entries = await readdir(join(directory, name), { recursive: true }).catch(() => []);
    for (const entry of entries) {
      const elf = await elfOf(join(directory, name, entry));
      if (elf !== undefined) found.push(elf);
    }
  }
  return found;
}

async function firstElf(paths: readonly string[]): Promise<Elf | undefined> {
  for (const path of paths) {
    const elf = await elfOf(path);
    if (elf !== undefined) return elf;
  }
  return undefined;
}
