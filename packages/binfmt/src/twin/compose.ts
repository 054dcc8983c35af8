import { copyFile, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { buildId, type Elf, neededLibraries, needFirst, readElf } from "./elf.ts";
import { graftArchitecture, graftLoader, graftPaths, graftPerl } from "./graft.ts";
import { type Condition, redirected } from "./programs.ts";

export interface TwinSources {
  /** Debian trees of the same packages in the same versions, for this machine and the target. */
  readonly host: string;
  readonly target: string;
  readonly perlShim: string;
  readonly qemu: string;
}

/** Below this name in perl's table of names stands what makes it load the shim. */
const shimName = "dlopen";
const hostLibraries = ["usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu"];
const targetLibraries = ["usr/lib/aarch64-linux-gnu", "lib/aarch64-linux-gnu"];

/**
 * Lays out the twin in an empty directory: grafted programs at their paths, the libraries at the
 * top, and `run/<condition>/<build id of the target's program>` as the list that the redirect
 * reads. A program that is not in both trees is left out, and so are the packages of `without`.
 */
export async function composeTwin(
  sources: TwinSources,
  directory: string,
  without: readonly string[] = [],
): Promise<void> {
  const wanted: Elf[] = [];
  await mkdir(join(directory, "run"), { recursive: true });
  for (const row of redirected.filter((candidate) => !without.includes(candidate.package))) {
    for (const name of row.programs) {
      const found = await findProgram(sources, name);
      if (found === undefined) continue;
      const elf = await graftProgram(found.host, row.package);
      if (elf === undefined) continue;
      wanted.push(elf);
      await writeProgram(join(directory, found.path), elf.bytes);
      await list(directory, row.condition ?? "always", found.targetId, found.path);
    }
  }
  await addModules(sources, directory);
  await addConverters(sources.host, directory);
  await addLibraries(sources.host, directory, wanted);
  await copyFile(sources.perlShim, join(directory, shimName));
  await copyFile(sources.qemu, join(directory, "qemu"));
}

interface FoundProgram {
  readonly host: string;
  /** As a tree with a merged /usr has it, relative to the tree. */
  readonly path: string;
  readonly targetId: string;
}

/** Looks where programs lie, also in a tree whose /usr is not merged. */
async function findProgram(sources: TwinSources, name: string): Promise<FoundProgram | undefined> {
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

async function graftProgram(path: string, fromPackage: string): Promise<Elf | undefined> {
  const elf = await elfOf(path);
  if (elf === undefined) return undefined;
  if (fromPackage === "perl-base") {
    graftPerl(elf.bytes);
    if (!needFirst(elf, shimName)) return undefined;
  }
  if (fromPackage === "apt" || fromPackage === "dpkg") graftArchitecture(elf.bytes);
  graftPaths(elf.bytes);
  return elf;
}

/** perl's compiled modules, and the list of those that the redirect knows. */
async function addModules({ host, target }: TwinSources, directory: string): Promise<void> {
  for (const name of ["perl-base", "perl", "perl5"]) {
    for (const path of await modulesBelow(host, hostLibraries, name)) {
      const elf = await elfOf(path.file);
      if (elf === undefined) continue;
      graftPaths(elf.bytes);
      await writeProgram(join(directory, path.inside), elf.bytes);
    }
    for (const path of await modulesBelow(target, targetLibraries, name)) {
      const elf = await elfOf(path.file);
      const id = elf && buildId(elf);
      if (id !== undefined) await list(directory, "module", id, path.inside);
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
async function addLibraries(host: string, directory: string, programs: Elf[]): Promise<void> {
  const modules = await elfsBelow(directory, ["perl-base", "perl", "perl5"]);
  // libc opens it by itself, when a thread ends early.
  const queue = ["libgcc_s.so.1", ...[...programs, ...modules].flatMap(neededLibraries)];
  const done = new Set([shimName]);
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (done.has(name)) continue;
    done.add(name);
    const elf = await firstElf(
      hostLibraries.map((libraries) => join(host, libraries, name as string)),
    );
    if (elf === undefined) continue;
    if (name.startsWith("ld-linux")) graftLoader(elf.bytes);
    if (name.startsWith("libapt-")) graftArchitecture(elf.bytes);
    graftPaths(elf.bytes);
    await writeProgram(join(directory, name), elf.bytes);
    if (name.startsWith("ld-linux")) await symlink(name, join(directory, "ld"));
    queue.push(...neededLibraries(elf));
  }
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
