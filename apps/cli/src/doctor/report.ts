import { count } from "@pibuild/core";
import type { Diagnosis } from "./run-checks.ts";

/** One check as a line, with names of a width; what to do stands below where something is wrong. */
export function formatDiagnosis(diagnosis: Diagnosis, width: number): string {
  const { check, status, detail, fix, mended } = diagnosis;
  const start = `${(mended ? "mended" : status).padEnd(6)}  ${check.padEnd(width)}  `;
  const indent = " ".repeat(start.length);
  const fixes = fix === undefined || status === "ok" ? [] : fix.split("\n");
  const lines = [...detail.split("\n"), ...fixes.map((line) => `fix: ${line}`)];
  return start + lines.join(`\n${indent}`);
}

/** The last line: how many checks found what, and which `--fix` would mend where it was not asked. */
export function formatSummary(diagnoses: readonly Diagnosis[], fix: boolean): string {
  const having = (status: string) => diagnoses.filter((one) => one.status === status).length;
  const [failed, warned] = [having("fail"), having("warn")];
  const found = [
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(warned > 0 ? [count(warned, "warning")] : []),
  ];
  const mendable = diagnoses.filter(({ status, mend }) => status !== "ok" && mend !== undefined);
  const offer =
    fix || mendable.length === 0
      ? ""
      : `; \`pibuild doctor --fix\` mends ${mendable.map(({ check }) => check).join(", ")}`;
  return `${count(diagnoses.length, "check")}: ${found.join(", ") || "all is well"}${offer}`;
}

/** The report for programs. Names of checks are stable, words are not. */
export function jsonReport(image: string | undefined, diagnoses: readonly Diagnosis[]): object {
  const findings = diagnoses.map(({ check, status, detail, fix, mend, mended }) => ({
    check,
    status,
    detail,
    ...(fix === undefined ? {} : { fix }),
    mendable: mend !== undefined,
    mended,
  }));
  return { schema: 1, image: image ?? null, ok: !failed(diagnoses), findings };
}

/** Whether anything stands in the way of a build. */
export function failed(diagnoses: readonly Diagnosis[]): boolean {
  return diagnoses.some(({ status }) => status === "fail");
}
