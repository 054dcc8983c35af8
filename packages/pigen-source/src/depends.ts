import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { findCommand, type MissingProgram, PibuildError } from "@pibuild/core";

/**
 * The programs that a checkout's `depends` asks for, as build.sh reads it: `program` or
 * `program:debian-package`, one or more on a line, with comments.
 */
export function parseDepends(text: string): MissingProgram[] {
  const words = text.replaceAll(/#.*/g, "").split(/\s+/);
  return words.flatMap((word) => {
    const [program, debianPackage] = word.split(":");
    return program ? [{ program, debianPackage: debianPackage || program }] : [];
  });
}

/** Throws ENV_TOOL_MISSING for what build.sh would refuse to begin without. */
export async function requireDepends(piGen: string): Promise<void> {
  const wanted = parseDepends(await readFile(join(piGen, "depends"), "utf8"));
  const missing = wanted.filter(({ program }) => findCommand(program) === undefined);
  if (missing.length > 0) throw new PibuildError("ENV_TOOL_MISSING", { missing });
}
