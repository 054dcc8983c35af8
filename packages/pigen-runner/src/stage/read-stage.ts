import { readdir, realpath, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Action, actionOrder, indices } from "./action.ts";
import { findNeverRunning } from "./never-runs.ts";
import type { Stage, SubStage } from "./stage.ts";

/** Reads a stage directory by pi-gen's rules. Changes nothing. */
export async function readStage(directory: string): Promise<Stage> {
  const path = await realpath(directory);
  const subStages: SubStage[] = [];
  for (const name of (await readdir(path)).filter(isGlobbed).sort()) {
    const subStagePath = join(path, name);
    if (await is(subStagePath, "directory")) subStages.push(await readSubStage(subStagePath));
  }
  return {
    name: basename(path),
    path,
    skipped: await is(join(path, "SKIP"), "file"),
    prerun: await is(join(path, "prerun.sh"), "executable"),
    subStages,
    warnings: await findNeverRunning(path, subStages),
  };
}

async function readSubStage(path: string): Promise<SubStage> {
  const names = new Set(await readdir(path));
  const actions: Action[] = [];
  for (const index of indices) {
    for (const { kind, suffix, needs } of actionOrder) {
      const name = `${index}-${suffix}`;
      if (names.has(name) && (await is(join(path, name), needs))) actions.push({ kind, name });
    }
  }
  return { name: basename(path), path, skipped: await is(join(path, "SKIP"), "file"), actions };
}

/** Bash's `*` leaves hidden names out. */
function isGlobbed(name: string): boolean {
  return !name.startsWith(".");
}

/** Bash's `-f`, `-d` and, as root, `-x`: symlinks are followed, any executable bit counts. */
async function is(path: string, what: "file" | "directory" | "executable"): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return false;
  if (what === "directory") return found.isDirectory();
  return found.isFile() && (what === "file" || (found.mode & 0o111) !== 0);
}
