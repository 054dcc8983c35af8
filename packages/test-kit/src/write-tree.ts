import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Files by path: their text, or `{ link: target }` for a symlink. */
export type Tree = Readonly<Record<string, string | { readonly link: string }>>;

/** Writes files below a directory; those whose names end with `.sh` become executable. */
export async function writeTree(directory: string, files: Tree): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const target = join(directory, name);
    await mkdir(dirname(target), { recursive: true });
    if (typeof content !== "string") await symlink(content.link, target);
    else {
      await writeFile(target, content);
      if (name.endsWith(".sh")) await chmod(target, 0o755);
    }
  }
}
