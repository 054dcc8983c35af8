import { join } from "node:path";
import type { Finding } from "../finding.ts";
import type { LintCheck } from "./check.ts";
import { has } from "./markers.ts";

/** Patches that quilt would not know how to apply. */
export const checkPatches: LintCheck = async ({ stage }) => {
  const findings: Finding[] = [];
  for (const { path, skipped, actions } of stage.subStages) {
    for (const { kind, name } of skipped ? [] : actions) {
      const file = join(path, name);
      if (kind !== "patches" || (await has(file, "series")) || (await has(file, "EDIT"))) continue;
      findings.push({ code: "PATCHES_WITHOUT_SERIES", file, stage: stage.path, data: {} });
    }
  }
  return findings;
};
