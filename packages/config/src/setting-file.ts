import { readFileSync, statSync } from "node:fs";

/** A step gets the text as a variable, and Linux allows one 128 KiB. In bytes. */
const largest = 96 * 1024;

/** What a file that a setting names holds, or what is wrong with it, as in "`x` <problem>". */
export type SettingFile = { readonly text: string } | { readonly problem: string };

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  ENOTDIR: "does not exist",
  EACCES: "may not be read by this user",
};

/** Reads such a file: text in UTF-8, of at most 96 KiB. Throws only what nobody foresees. */
export function readSettingFile(path: string): SettingFile {
  try {
    const stats = statSync(path);
    // Reading a FIFO would wait for its writer.
    if (!stats.isFile()) return { problem: "is no file" };
    if (stats.size > largest) return { problem: "is larger than 96 KiB" };
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      readFileSync(path),
    );
    return text.includes("\0") ? { problem: "is not text" } : { text };
  } catch (error) {
    if (error instanceof TypeError) return { problem: "is not text in UTF-8" };
    const reason = reasons[(error as NodeJS.ErrnoException).code ?? ""];
    if (reason === undefined) throw error;
    return { problem: reason };
  }
}

/** The one line of a file that holds a secret; a problem is a sentence, with the file as it is `named`. */
export function readSecretFile(path: string, named: string): SettingFile {
  const read = readSettingFile(path);
  if ("problem" in read) return { problem: `\`${named}\` ${read.problem}` };
  const text = read.text.replace(/(?:\r?\n)+$/, "");
  return text === "" ? { problem: `\`${named}\` is empty` } : { text };
}
