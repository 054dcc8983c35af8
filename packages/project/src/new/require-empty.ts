import { readdir } from "node:fs/promises";
import { PibuildError } from "@pibuild/core";

/** What a new repository may have before its first file. */
const harmless =
  /^(?:\.git|\.gitignore|\.gitattributes|\.editorconfig|\.DS_Store|README.*|LICEN[CS]E.*)$/;

/** Throws PROJECT_NOT_EMPTY where a directory has more than a new repository; it need not exist. */
export async function requireEmpty(directory: string): Promise<void> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const found = names.filter((name) => !harmless.test(name)).sort();
  if (found.length > 0) throw new PibuildError("PROJECT_NOT_EMPTY", { directory, found });
}
