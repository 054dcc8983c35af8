import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ForeignArch } from "../foreign-arch.ts";
import { handles } from "../kernel/handler.ts";
import { parseRegisterLine } from "../kernel/register-line.ts";
import { interpreterKind } from "../status/interpreter.ts";

/**
 * The names of binfmt-support's formats that would run an architecture's programs in a chroot.
 * Its files have a line each for: package, type, offset, magic, mask, interpreter, detector,
 * credentials, preserve, fix_binary (update-binfmts, `write_format`).
 */
export async function usableFormats(arch: ForeignArch, directory: string): Promise<string[]> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const usable: string[] = [];
  for (const name of names.sort()) {
    const lines = (await readFile(join(directory, name), "utf8")).split("\n");
    const [, type, offset = "", magic = "", mask = "", interpreter = "", , , , fixed] = lines;
    if (type !== "magic" || fixed !== "yes") continue;
    const format = parseRegisterLine(
      ["", name, "M", offset, magic, mask, interpreter, ""].join(":"),
    );
    if (format === undefined || !handles(format, arch)) continue;
    if ((await interpreterKind(interpreter)) === "static") usable.push(name);
  }
  return usable;
}
