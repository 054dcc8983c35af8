import { lstat, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Elf, readElf } from "../elf.ts";
import type { Condition } from "../programs.ts";

/** Debian trees of the same packages in the same versions, for this machine and the target. */
export interface TwinTrees {
  readonly host: string;
  readonly target: string;
}

/** Below it lie programs of older versions; the same in native/twin.h. */
export const olderPlace = "older";
/** Below this name in perl's table of names stands what makes it load the shim. */
export const shimName = "dlopen";
/** Where libraries lie in a Debian tree of this machine, its /usr merged or not. */
export const hostLibraries = ["usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu"];
/** The same in a tree of the target. */
export const targetLibraries = ["usr/lib/aarch64-linux-gnu", "lib/aarch64-linux-gnu"];

/** Whether the redirect knows the program with this build id already. */
export async function isListed(
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

/**
 * Puts a program into the list that the redirect reads: `run/<condition>/<build id of the target's
 * program>`, a symlink to its path in the twin.
 */
export async function listProgram(
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

/** Writes an executable file, and the directories that lead to it. */
export async function writeProgram(path: string, bytes: Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes, { mode: 0o755 });
}

/** The file, where it is a program or a library; undefined for all else and where there is none. */
export async function elfOf(path: string): Promise<Elf | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  return bytes === undefined ? undefined : readElf(bytes);
}
