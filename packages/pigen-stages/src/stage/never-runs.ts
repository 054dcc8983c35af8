import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readNames } from "@pibuild/core";
import { actionOrder } from "./action.ts";
import type { FileIndex } from "./file-index.ts";
import type { StageWarning, SubStage } from "./stage.ts";
import { isExecutable, statEntry } from "./stat-entry.ts";

const exact = new RegExp(
  `^[0-9]{2}-(${actionOrder.map(({ suffix }) => suffix.replaceAll(".", "\\.")).join("|")})$`,
);
const promising = /^[0-9]*[-_ ]*(run|prerun|packages?(-nr)?|patche?s?|debconf)\b/i;
const script = /\.sh$/i;
/** What is not for pi-gen, such as `packages.yml` of other tools. */
const foreign = /\.(?!sh$|txt$)\w+$/i;
const names =
  "`NN-debconf`, `NN-packages-nr`, `NN-packages`, `NN-patches/`, `NN-run.sh`, `NN-run-chroot.sh`";

/** The files of a stage that pi-gen passes over although their names promise something. */
export async function findNeverRunning(
  stage: string,
  subStages: readonly SubStage[],
  index?: FileIndex,
): Promise<StageWarning[]> {
  const warnings: StageWarning[] = [];
  for (const name of (await readNames(stage)).sort()) {
    const path = join(stage, name);
    const found = await statEntry(path, index);
    if (!found?.stats.isFile() || !(promising.test(name) || script.test(name))) continue;
    if (name === "prerun.sh") {
      if (!isExecutable(found.mode)) warnings.push(notExecutable(path, index));
    } else {
      warnings.push({
        code: "OUTSIDE_SUB_STAGE",
        path,
        problem: "never runs: in a stage's own directory only `prerun.sh` does",
        hint: `move it into a sub-stage, such as \`00-name/00-run.sh\``,
      });
    }
  }
  for (const subStage of subStages) {
    if (!subStage.skipped) warnings.push(...(await checkSubStage(subStage, index)));
  }
  return warnings;
}

async function checkSubStage(
  { path: directory, name: subStage, actions }: SubStage,
  index: FileIndex | undefined,
) {
  const warnings: StageWarning[] = [];
  const texts = await Promise.all(
    actions
      .filter(({ kind }) => kind === "run" || kind === "run-chroot")
      .map(({ name }) => readFile(join(directory, name), "utf8")),
  );
  // A directory such as `files/` holds scripts for the image; a step, those that its own call.
  const isStep = actions.length > 0 || /^[0-9]{2}-/.test(subStage);
  const isForgotten = (name: string) =>
    script.test(name) && isStep && !texts.some((text) => text.includes(name));
  const promises = (name: string) => promising.test(name) && (isStep || !foreign.test(name));
  for (const name of (await readNames(directory)).sort()) {
    const path = join(directory, name);
    const found = await statEntry(path, index);
    if (found === undefined) continue;
    if (exact.test(name)) {
      const runs = !name.endsWith("-run.sh") || isExecutable(found.mode);
      if (!runs) warnings.push(notExecutable(path, index));
    } else if (found.stats.isFile() && (promises(name) || isForgotten(name))) {
      warnings.push({
        code: promises(name) ? "NAME_NEVER_RUNS" : "SCRIPT_NEVER_CALLED",
        path,
        problem: "never runs: its name matches nothing",
        hint: `names are ${names}`,
      });
    }
  }
  return warnings;
}

function notExecutable(path: string, index: FileIndex | undefined): StageWarning {
  const problem = "never runs: it is not executable";
  const makeExecutable = index === undefined ? "chmod +x" : "git add --chmod=+x";
  return { code: "NOT_EXECUTABLE", path, problem, hint: `${makeExecutable} ${path}` };
}
