import { cmdlineBytes } from "./limits.ts";

/** `cmdline.txt` as it fills its sector: one line, padded with spaces before its final newline. */
export function cmdlineForm(line: string): Buffer {
  return Buffer.from(`${line.trimEnd().padEnd(cmdlineBytes - 1)}\n`, "latin1");
}

/** Whether these bytes are a whole `cmdline.txt` in its only form. */
export function isCmdlineForm(bytes: Buffer): boolean {
  if (bytes.length !== cmdlineBytes) return false;
  return /^[!-~][ -~]*\n$/.test(bytes.toString("latin1"));
}
