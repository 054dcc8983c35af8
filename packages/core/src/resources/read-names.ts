import { readdir } from "node:fs/promises";
import { PibuildError } from "../errors/pibuild-error.ts";
import { pathBytes, pathText } from "../text/path-forms.ts";

/**
 * The names in a directory of the workspace. Throws CONFIG_INVALID for one that is not UTF-8: it could
 * stand in no record, and would be another file's name once it is read as text.
 */
export async function readNames(directory: string): Promise<string[]> {
  const names = await readdir(directory, { encoding: "buffer" });
  return names.map((name) => nameText(name, pathBytes(directory, name), "its name"));
}

/** Bytes of a name, or of where a link leads, as text. Throws CONFIG_INVALID where they are none. */
export function nameText(bytes: Buffer, file: Buffer, what: string): string {
  const text = bytes.toString();
  if (Buffer.from(text).equals(bytes)) return text;
  const at = { file: pathText(file) };
  const hint = "rename it, or let a script give it that name in the image: `$'caf\\xe9'`";
  throw new PibuildError("CONFIG_INVALID", {
    issues: [{ message: `${what} is not UTF-8`, at, hint }],
  });
}
