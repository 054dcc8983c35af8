import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PibuildError } from "@pibuild/core";
import type { ProjectFile } from "./project-file.ts";

export interface WrittenProject {
  /** Paths of files that are new or have new lines, in order. */
  readonly written: readonly string[];
  /** Paths of files that were there and stay as they are, though pibuild would have written others. */
  readonly kept: readonly string[];
}

/**
 * Writes a project's files. Nothing that is there is lost: files that must be new are looked for before
 * the first is written. Throws PROJECT_EXISTS.
 */
export async function writeProject(
  directory: string,
  files: readonly ProjectFile[],
): Promise<WrittenProject> {
  const there = files.find(
    ({ path, where }) => where === "new" && existsSync(join(directory, path)),
  );
  if (there !== undefined)
    throw new PibuildError("PROJECT_EXISTS", { file: join(directory, there.path) });
  const written: string[] = [];
  const kept: string[] = [];
  for (const file of files) {
    const target = join(directory, file.path);
    const had = existsSync(target) ? await readFile(target, "utf8") : undefined;
    const text = had === undefined ? file.text : merged(file, had);
    if (text === had) {
      if (file.where === "keep" && had !== file.text) kept.push(file.path);
      continue;
    }
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text, { mode: file.mode ?? 0o644 });
    written.push(file.path);
  }
  return { written, kept };
}

function merged({ where, text }: ProjectFile, had: string): string {
  if (where === "keep") return had;
  if (where !== "append" && where !== "prepend") return text;
  const lines = had.split(/\r?\n/).map((line) => line.trim());
  const lacking = text.split("\n").filter((line) => line !== "" && !lines.includes(line));
  if (lacking.length === 0) return had;
  const added = lacking.map((line) => `${line}\n`).join("");
  if (where === "prepend") return `${added}${had}`;
  return had === "" || had.endsWith("\n") ? `${had}${added}` : `${had}\n${added}`;
}
