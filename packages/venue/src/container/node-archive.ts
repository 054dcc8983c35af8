import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Exec } from "@pibuild/core";

/**
 * The package of Node.js for a container, by path: this process's own version, for Linux on the
 * engine's architecture, kept in `directory`. npm brings it, by whatever way it reaches packages here.
 */
export async function nodeArchive(
  exec: Exec,
  { arch, directory, env }: { arch: string; directory: string; env: NodeJS.ProcessEnv },
): Promise<string> {
  const { node } = process.versions;
  const path = join(directory, `node-linux-${arch}-${node}.tgz`);
  if (existsSync(path)) return path;
  await mkdir(directory, { recursive: true });
  // Whole or not at all.
  const scratch = await mkdtemp(join(directory, ".npm-"));
  try {
    await exec.run({
      program: "npm",
      args: ["pack", "--silent", "--pack-destination", scratch, `node-linux-${arch}@${node}`],
      cwd: scratch,
      env: Object.fromEntries(
        Object.entries(env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
      ),
    });
    const [name = ""] = await readdir(scratch);
    await rename(join(scratch, name), path);
  } finally {
    await rm(scratch, { recursive: true });
  }
  return path;
}
