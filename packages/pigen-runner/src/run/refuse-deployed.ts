import type { Stats } from "node:fs";
import { PibuildError, pathText } from "@pibuild/core";
import { walk } from "@pibuild/layers";

/**
 * Throws STEP_REFUSED where a step left in DEPLOY_DIR what is no result that can be handed out. `changes` is the upper
 * directory of its overlay.
 */
export function refuseDeployed(step: string, changes: string): void {
  for (const { inside, stats } of walk(changes)) {
    const problem = isWhiteout(stats) ? undefined : deployProblem(inside, stats);
    if (problem === undefined) continue;
    throw new PibuildError("STEP_REFUSED", {
      step,
      problem: `\`${pathText(inside.subarray(1))}\` in DEPLOY_DIR ${problem}`,
      hint: "let the step copy only files, directories and links there, under plain names",
    });
  }
}

/** Why something cannot be handed out as a file, directory or link, if so; `inside` is its path. */
export function deployProblem(inside: Buffer, stats: Stats): string | undefined {
  // `--json` and manifests name each file, and every system has to be able to hold it.
  if (!Buffer.from(inside.toString()).equals(inside)) return "has a name that is not UTF-8";
  if (inside.includes("\\")) return "has a backslash in its name";
  if (stats.isFile() || stats.isDirectory() || stats.isSymbolicLink()) return undefined;
  return "is no file, directory or link";
}

/** overlayfs's own note that something of an earlier step is gone. */
function isWhiteout(stats: Stats): boolean {
  return stats.isCharacterDevice() && stats.rdev === 0;
}
