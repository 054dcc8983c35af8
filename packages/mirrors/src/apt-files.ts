import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * The files of one kind of apt's configuration, in apt's order: the one itself, then those of its
 * directory by name. Those that are not there, or are closed to us, are left out.
 */
export async function readAptFiles(
  aptDirectory: string,
  { file, endings }: { readonly file: string; readonly endings: readonly string[] },
): Promise<{ readonly path: string; readonly text: string }[]> {
  const parts = join(aptDirectory, `${file}.d`);
  const names = (await readdir(parts).catch(absent)) ?? [];
  const found = [];
  for (const path of [
    join(aptDirectory, file),
    ...names
      .filter((name) => isRead(name, endings))
      .sort()
      .map((name) => join(parts, name)),
  ]) {
    const text = await readFile(path, "utf8").catch(absent);
    if (text !== undefined) found.push({ path, text });
  }
  return found;
}

/** apt skips other names, such as the `.save` and `.dpkg-old` files that tools leave behind. */
function isRead(name: string, endings: readonly string[]): boolean {
  return /^[\w.-]+$/.test(name) && endings.some((ending) => name.endsWith(ending));
}

/** Sources may hold passwords and be closed to us: then they are none that we can use. */
function absent(error: NodeJS.ErrnoException): undefined {
  if (["ENOENT", "ENOTDIR", "EACCES", "EISDIR"].includes(error.code ?? "")) return undefined;
  throw error;
}
