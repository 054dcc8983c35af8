import { existsSync } from "node:fs";
import { copyFile, lstat, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { buildId, type Elf, neededLibraries, needFirst, readElf } from "./elf.ts";
import {
  graftArchitecture,
  graftLoader,
  graftOlder,
  graftPaths,
  graftPerl,
  ungraftedName,
} from "./graft.ts";
import { type Condition, redirected } from "./programs.ts";

/** Debian trees of the same packages in the same versions, for this machine and the target. */
export interface TwinTrees {
  readonly host: string;
  readonly target: string;
}

export interface TwinSources {
  readonly newest: TwinTrees;
  /** Some of them in the versions that the release began with, which a bootstrap may install. */
  readonly older: TwinTrees | undefined;
  readonly perlShim: string;
  readonly qemu: string;
}

/** Below this name in perl's table of names stands what makes it load the shim. */
const shimName = "dlopen";
/** Below it lie programs of older versions; the same in native/twin.h. */
export const olderPlace = "older";
const hostLibraries = ["usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu"];
const targetLibraries = ["usr/lib/aarch64-linux-gnu", "lib/aarch64-linux-gnu"];

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
      const found = await findProgram(trees, name);
      const condition = row.condition ?? "always";
      if (found === undefined) continue;
      if (place !== "" && (await isListed(directory, condition, found.targetId))) continue;
      const elf = await graftProgram(found.host, row.package, place);
      if (elf === undefined) continue;
      wanted.push(elf);
      await writeProgram(join(directory, place, found.path), elf.bytes);
      await list(directory, condition, found.targetId, join(place, found.path));
    }
  }
  // Nothing of an older version, nothing that it loads.
  if (wanted.length === 0) return;
  await addModules(trees, directory, place);
  // Modules in packages of their own are the newest for either perl.
  if (place === olderPlace) await symlink("../perl5", join(directory, place, "perl5"));
  await addLibraries(trees.host, directory, wanted, place);
}

interface FoundProgram {
  readonly host: string;
  /** As a tree with a merged /usr has it, relative to the tree. */
  readonly path: string;
  readonly targetId: string;
}

/** Looks where programs lie, also in a tree whose /usr is not merged. */
async function findProgram(sources: TwinTrees, name: string): Promise<FoundProgram | undefined> {
  const places = name.includes("/") ? [""] : ["bin", "sbin"];
  for (const place of places) {
    for (const prefix of ["usr", ""]) {
      const inside = join(prefix, place, name);
      const target = await elfOf(join(sources.target, inside));
      const targetId = target && buildId(target);
      if (targetId === undefined || (await elfOf(join(sources.host, inside))) === undefined)
        continue;
      return { host: join(sources.host, inside), path: join("usr", place, name), targetId };
    }
  }
  return undefined;
}

async function graftProgram(
  path: string,
  fromPackage: string,
  place: string,
): Promise<Elf | undefined> {
  const elf = await elfOf(path);
  if (elf === undefined) return undefined;
  if (fromPackage === "perl-base") {
    graftPerl(elf.bytes);
    if (!needFirst(elf, shimName)) return undefined;
  }
  if (["apt", "apt-utils", "dpkg"].includes(fromPackage)) graftArchitecture(elf.bytes);
  if (place === olderPlace) graftOlder(elf.bytes);
  graftPaths(elf.bytes);
  return elf;
}

/** perl's compiled modules, and the list of those that the redirect knows. */
async function addModules(
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
      if (id !== undefined) await list(directory, "module", id, join(place, path.inside));
    }
  }
}

/** libc's converters between character sets, which it opens by itself. */
async function addConverters(host: string, directory: string): Promise<void> {
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

/** The loader, and every library that programs need, directly or through another one. */
async function addLibraries(
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

async function isListed(
  directory: string,
  condition: Condition | "module",
  id: string,
): Promise<boolean> {
  const entry = lstat(join(directory, "run", condition, id));
  return await entry.then(
    () => true,
    () => false,
  );
}

async function list(
  directory: string,
  condition: Condition | "module",
  id: string,
  path: string,
): Promise<void> {
  await mkdir(join(directory, "run", condition), { recursive: true });
  const entry = join(directory, "run", condition, id);
  // Two names of one program have one build id.
  await symlink(join("../..", path), entry).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
}

async function writeProgram(path: string, bytes: Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes, { mode: 0o755 });
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

async function elfOf(path: string): Promise<Elf | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  return bytes === undefined ? undefined : readElf(bytes);
}

async function namesIn(directory: string): Promise<string[]> {
  return await readdir(directory).catch(() => []);
}
