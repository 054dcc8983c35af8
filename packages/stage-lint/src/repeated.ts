import { codeOf, messageOf } from "./describe-finding.ts";
import type { Finding } from "./finding.ts";

/** A finding, and the lines further down in its file on which the same is found. */
export interface Repeated {
  readonly finding: Finding;
  readonly lines: readonly number[];
}

/** Findings in their order, each with those that say the same of the same file. */
export function repeated(findings: readonly Finding[]): Repeated[] {
  const groups = Map.groupBy(findings, (finding) =>
    [finding.file, codeOf(finding), messageOf(finding)].join("\n"),
  );
  return [...groups.values()].map(([finding, ...others]) => ({
    finding: finding as Finding,
    lines: [...new Set(others.flatMap(({ line }) => line ?? []))].filter(
      (line) => line !== finding?.line,
    ),
  }));
}
