import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Finding } from "../finding.ts";
import type { LintCheck } from "./check.ts";

const ofStages = ["SKIP", "SKIP_IMAGES", "EXPORT_IMAGE", "EXPORT_NOOBS"] as const;
const ofSubStages: readonly string[] = ["SKIP"];
const alike = /^(skip|skip[_-]?images?|export[_-]?images?|export[_-]?noobs)(?:\.[a-z]+)?$/i;

/** Files such as SKIP: those with a name of nobody's, and those without effect. */
export const checkMarkers: LintCheck = async ({ stage }) => {
  const findings = await misnamed(stage.path, stage.path, ofStages);
  for (const { path, skipped } of stage.subStages) {
    if (!skipped) findings.push(...(await misnamed(path, stage.path, ofSubStages)));
  }
  if ((await has(stage.path, "SKIP_IMAGES")) && !(await has(stage.path, "EXPORT_IMAGE"))) {
    const file = join(stage.path, "SKIP_IMAGES");
    findings.push({ code: "SKIP_IMAGES_IDLE", file, stage: stage.path, data: {} });
  }
  return findings;
};

async function misnamed(
  directory: string,
  stage: string,
  known: readonly string[],
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const name of (await readdir(directory)).sort()) {
    const meant = markerMeant(name);
    if (meant === undefined) continue;
    const file = join(directory, name);
    const isFile = await has(directory, name);
    if (isFile ? name === meant && known.includes(name) : name !== meant) continue;
    const problem = !isFile
      ? "is no file"
      : name === meant
        ? "stands in a sub-stage"
        : `is called \`${name}\``;
    const marker = known.includes(meant) ? meant : `${meant} of a stage`;
    findings.push({ code: "MARKER_MEANS_NOTHING", file, stage, data: { marker, problem } });
  }
  return findings;
}

/** The marker that a name stands for or comes close to. */
function markerMeant(name: string): string | undefined {
  const words = alike.exec(name)?.[1]?.toUpperCase().replace(/[_-]/, "");
  return ofStages.find((marker) => {
    const plain = marker.replace("_", "");
    return words === plain || words === `${plain}S` || `${words}S` === plain;
  });
}

/** Whether there is a plain file of that name, as bash's `-f` tells. */
export async function has(directory: string, name: string): Promise<boolean> {
  const found = await stat(join(directory, basename(name))).catch(() => undefined);
  return found?.isFile() === true;
}
