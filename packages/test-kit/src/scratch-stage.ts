import { chmod, mkdir, mkdtemp, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { removeTree } from "@pibuild/core";
import { onTestFinished } from "vitest";

/** A file: its text, or with a mode, or a symlink, or a directory. */
export type Entry =
  | string
  | { readonly text: string; readonly mode: number }
  | { readonly link: string }
  | "directory/";

/** A directory with these files, gone when the test ends. Scripts are executable. */
export async function scratchStage(
  name: string,
  files: Readonly<Record<string, Entry>>,
): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), "pibuild stage-"));
  onTestFinished(() => removeTree(parent));
  for (const [path, entry] of Object.entries({ "": "directory/", ...files } as typeof files)) {
    const target = join(parent, name, path);
    if (entry === "directory/") {
      await mkdir(target, { recursive: true });
      continue;
    }
    await mkdir(dirname(target), { recursive: true });
    if (typeof entry === "string") {
      await writeFile(target, entry);
      await chmod(target, path.endsWith(".sh") ? 0o755 : 0o644);
    } else if ("link" in entry) await symlink(entry.link, target);
    else {
      await writeFile(target, entry.text);
      await chmod(target, entry.mode);
    }
  }
  return join(parent, name);
}
