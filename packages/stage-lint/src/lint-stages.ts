import { type Exec, missingPrograms, type ProgramName } from "@pibuild/core";
import { readStageTexts } from "@pibuild/pigen-stages";
import { applyAllows } from "./allow.ts";
import type { LintCheck, LintedStage } from "./checks/check.ts";
import { checkExpandedOnHost } from "./checks/expanded-on-host.ts";
import { checkFetchesBesides } from "./checks/fetches-besides.ts";
import { checkHiddenInChroot } from "./checks/hidden-in-chroot.ts";
import { checkHostPathsInChroot } from "./checks/host-paths-in-chroot.ts";
import { checkHostTouched } from "./checks/host-touched.ts";
import { checkList } from "./checks/list.ts";
import { checkMarkers } from "./checks/markers.ts";
import { checkNames } from "./checks/names.ts";
import { checkPatches } from "./checks/patches.ts";
import { checkReadsTheScript } from "./checks/reads-the-script.ts";
import { checkTexts } from "./checks/texts.ts";
import type { Finding } from "./finding.ts";
import { runShellcheck } from "./shellcheck/run-shellcheck.ts";
import type { StageList } from "./stage-list.ts";

const checks: readonly LintCheck[] = [
  checkNames,
  checkMarkers,
  checkTexts,
  checkPatches,
  checkHostTouched,
  checkHostPathsInChroot,
  checkHiddenInChroot,
  checkExpandedOnHost,
  checkReadsTheScript,
  checkFetchesBesides,
];

export interface LintReport {
  /** By stage in the order given, then by place. */
  readonly findings: readonly Finding[];
  readonly stages: number;
  /** How many shell scripts were read. */
  readonly scripts: number;
  /** Programs that this host lacks, whose findings are therefore not among these. */
  readonly missing: readonly ProgramName[];
}

/**
 * Holds stages against every rule; shellcheck's are left out where it is among what is missing.
 * A stage of two lists is read once. Changes nothing.
 */
export async function lintStages(
  lists: readonly StageList[],
  exec: Exec,
  missing: readonly ProgramName[] = missingPrograms(["shellcheck"]),
): Promise<LintReport> {
  const judged = lists.flatMap((list) => list.judged);
  const stages = [...new Map(judged.map((stage) => [stage.path, stage])).values()];
  const linted: LintedStage[] = await Promise.all(
    stages.map(async (stage) => ({ stage, texts: await readStageTexts(stage) })),
  );
  const shellchecked = !missing.includes("shellcheck");
  const findings = [
    ...(await Promise.all(linted.flatMap((one) => checks.map((check) => check(one))))),
    ...(await Promise.all(lists.map(checkList))),
    ...(shellchecked ? [await runShellcheck(exec, linted)] : []),
  ].flat();
  const texts = new Map(
    linted.flatMap(({ stage, texts }) =>
      texts.map(({ path, text }) => [path, { text, stage: stage.path }] as const),
    ),
  );
  const kept = await applyAllows(findings, { texts, shellchecked });
  return {
    findings: inOrder(
      kept,
      stages.map(({ path }) => path),
    ),
    stages: stages.length,
    scripts: linted.flatMap(({ texts }) => texts).filter(({ shell }) => shell !== undefined).length,
    missing,
  };
}

/** Sorted, and once each: two lists may find the same in a stage of both. */
function inOrder(findings: readonly Finding[], stages: readonly string[]): Finding[] {
  const sorted = findings.toSorted(
    (a, b) =>
      stages.indexOf(a.stage) - stages.indexOf(b.stage) ||
      a.file.localeCompare(b.file, "en") ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
  const key = (finding: Finding) => JSON.stringify(finding);
  return [...new Map(sorted.map((finding) => [key(finding), finding])).values()];
}
