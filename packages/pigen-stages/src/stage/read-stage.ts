import { realpath } from "node:fs/promises";
import { basename, join } from "node:path";
import { readNames } from "@pibuild/core";
import { type Action, actionOrder, indices } from "./action.ts";
import type { FileIndex } from "./file-index.ts";
import { findNeverRunning } from "./never-runs.ts";
import type { Stage, SubStage } from "./stage.ts";
import { isExecutable, statEntry } from "./stat-entry.ts";

/**
 * Reads a stage directory by pi-gen's rules; `index` where its disk has no modes. Changes nothing.
 */
export async function readStage(directory: string, index?: FileIndex): Promise<Stage> {
  const path = await realpath(directory);
  const subStages: SubStage[] = [];
  for (const name of (await readNames(path)).filter(isGlobbed).sort()) {
    const found = await statEntry(join(path, name), index);
    if (found?.stats.isDirectory()) subStages.push(await readSubStage(name, found.path, index));
  }
  return {
    name: basename(path),
    path,
    skipped: await is(join(path, "SKIP"), "file", index),
    prerun: await is(join(path, "prerun.sh"), "executable", index),
    subStages,
    warnings: await findNeverRunning(path, subStages, index),
    ...(index === undefined ? {} : { index }),
  };
}

async function readSubStage(name: string, path: string, files?: FileIndex): Promise<SubStage> {
  const names = new Set(await readNames(path));
  const actions: Action[] = [];
  for (const index of indices) {
    for (const { kind, suffix, needs } of actionOrder) {
      const action = `${index}-${suffix}`;
      if (!names.has(action) || !(await is(join(path, action), needs, files))) continue;
      actions.push({ kind, name: action });
    }
  }
  return { name, path, skipped: await is(join(path, "SKIP"), "file", files), actions };
}

/** Bash's `*` leaves hidden names out. */
function isGlobbed(name: string): boolean {
  return !name.startsWith(".");
}

/** Bash's `-f`, `-d` and, as root, `-x`: symlinks are followed, any executable bit counts. */
async function is(
  path: string,
  what: "file" | "directory" | "executable",
  index?: FileIndex,
): Promise<boolean> {
  const found = await statEntry(path, index);
  if (found === undefined) return false;
  if (what === "directory") return found.stats.isDirectory();
  return found.stats.isFile() && (what === "file" || isExecutable(found.mode));
}
