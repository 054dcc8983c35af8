import { relative } from "node:path";
import { type Exec, findProgram, isInRepository, slashed } from "@pibuild/core";

/** git's index of a repository: what files are whose disk keeps neither modes nor symlinks. */
export interface FileIndex {
  readonly root: string;
  /** `100644`, `100755` or `120000` by path from the root, with `/`. */
  readonly modes: ReadonlyMap<string, string>;
}

/**
 * The index for a directory of a repository whose disk has no modes: on Windows, and where WSL or a
 * container sees a clone of Windows. Undefined where the disk tells them itself, and outside of any
 * repository. git finds out what a disk can when it clones, and notes it as `core.fileMode`.
 */
export async function readFileIndex(
  exec: Exec,
  directory: string,
  platform: NodeJS.Platform = process.platform,
): Promise<FileIndex | undefined> {
  if (!isInRepository(directory) || findProgram("git") === undefined) return undefined;
  const git = async (...args: readonly string[]) => {
    const { stdout } = await exec.run({
      program: "git",
      // Another user's files, as they are in a container, are only read.
      args: ["-c", "safe.directory=*", "-C", directory, ...args],
      allowExit: [1, 128],
    });
    return stdout;
  };
  const noted = await git("config", "--local", "--type=bool", "--get", "core.fileMode");
  if (noted !== "false" && platform !== "win32") return undefined;
  const root = await git("rev-parse", "--show-toplevel");
  if (root === "") return undefined;
  const rows = (await git("ls-files", "--stage", "-z", "--full-name", ":/")).split("\0");
  const modes = rows.flatMap((row) => {
    const [, mode, path] = /^(\d{6}) [0-9a-f]+ \d\t(.*)$/s.exec(row) ?? [];
    return mode === undefined || path === undefined ? [] : [[path, mode] as const];
  });
  return { root, modes: new Map(modes) };
}

/** What the index has for a file; undefined for what it does not hold. */
export function indexed({ root, modes }: FileIndex, path: string): string | undefined {
  return modes.get(slashed(relative(root, path)));
}
