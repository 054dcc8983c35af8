import { open, readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { readNames, slashed } from "@pibuild/core";
import type { FileIndex } from "./file-index.ts";
import { type Shell, shellOf } from "./shell-of.ts";
import type { Stage } from "./stage.ts";
import { isExecutable, statEntry } from "./stat-entry.ts";
import { type TextKind, textKind } from "./text-kind.ts";

/** A text of a stage that pi-gen, bash or the image will read. */
export interface StageText {
  readonly path: string;
  readonly kind: TextKind;
  readonly text: string;
  readonly executable: boolean;
  /** Which shell reads it; undefined where it is no shell script. */
  readonly shell: Shell | undefined;
}

/**
 * Reads what a stage consists of. Sub-stages with SKIP are left out, as are binaries, and those
 * files of `files/` and the like that are no scripts.
 */
export async function readStageTexts({
  path: stage,
  subStages,
  index,
}: Stage): Promise<StageText[]> {
  const paths = (await readNames(stage)).map((name) => join(stage, name));
  for (const { path } of subStages.filter(({ skipped }) => !skipped)) {
    paths.push(...(await readdir(path, { recursive: true })).map((name) => join(path, name)));
  }
  const texts: StageText[] = [];
  // One after the other: `files/` may hold more than a process may have open.
  for (const path of paths.sort()) {
    const text = await readText(path, textKind(slashed(relative(stage, path)).split("/")), index);
    if (text !== undefined) texts.push(text);
  }
  return texts;
}

async function readText(
  path: string,
  kind: TextKind,
  index: FileIndex | undefined,
): Promise<StageText | undefined> {
  const found = await statEntry(path, index);
  if (!found?.stats.isFile()) return undefined;
  if (kind === "other" && !path.endsWith(".sh") && !(await beginsLikeScript(found.path)))
    return undefined;
  const text = await readFile(found.path, "utf8");
  if (text.includes("\0")) return undefined;
  return { path, kind, text, executable: isExecutable(found.mode), shell: shellOf(kind, text) };
}

async function beginsLikeScript(path: string): Promise<boolean> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(2) });
  return buffer.toString("latin1", 0, bytesRead) === "#!";
}
