import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { actionOrder } from "./action.ts";
import type { SubStage } from "./read-stage.ts";

/** A file that looks as if it should run, and never will. */
export interface StageWarning {
  readonly path: string;
  readonly problem: string;
  readonly hint: string;
}

const exact = new RegExp(
  `^[0-9]{2}-(${actionOrder.map(({ suffix }) => suffix.replaceAll(".", "\\.")).join("|")})$`,
);
const looksRunnable = /\.sh$|^[0-9]*[-_ ]*(run|prerun|packages?(-nr)?|patche?s?|debconf)\b/i;
const names =
  "`NN-debconf`, `NN-packages-nr`, `NN-packages`, `NN-patches/`, `NN-run.sh`, `NN-run-chroot.sh`";

/** The files of a stage that pi-gen passes over although their names promise something. */
export async function findNeverRunning(
  stage: string,
  subStages: readonly SubStage[],
): Promise<StageWarning[]> {
  const warnings: StageWarning[] = [];
  for (const name of (await readdir(stage)).sort()) {
    const path = join(stage, name);
    const found = await stat(path);
    if (!found.isFile() || !looksRunnable.test(name)) continue;
    if (name === "prerun.sh") {
      if (!isExecutable(found.mode)) warnings.push(notExecutable(path));
    } else if (name !== "postrun.sh") {
      warnings.push({
        path,
        problem: "never runs: in a stage's own directory only `prerun.sh` does",
        hint: `move it into a sub-stage, such as \`00-name/00-run.sh\``,
      });
    }
  }
  for (const { path } of subStages) warnings.push(...(await checkSubStage(path)));
  return warnings;
}

async function checkSubStage(directory: string): Promise<StageWarning[]> {
  const warnings: StageWarning[] = [];
  for (const name of (await readdir(directory)).sort()) {
    const path = join(directory, name);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) continue;
    if (exact.test(name)) {
      if (name.endsWith("-run.sh") && !isExecutable(found.mode)) warnings.push(notExecutable(path));
    } else if (looksRunnable.test(name) && found.isFile()) {
      warnings.push({
        path,
        problem: "never runs: its name matches nothing",
        hint: `names are ${names}`,
      });
    }
  }
  return warnings;
}

function notExecutable(path: string): StageWarning {
  return { path, problem: "never runs: it is not executable", hint: `chmod +x ${path}` };
}

function isExecutable(mode: number): boolean {
  return (mode & 0o111) !== 0;
}
