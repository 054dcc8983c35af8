import { join } from "node:path";
import type { Finding } from "../finding.ts";
import type { LintCheck } from "./check.ts";
import { has } from "./markers.ts";

/** Patches that quilt would not know how to apply, or would take for applied. */
export const checkPatches: LintCheck = async ({ stage }) => {
  const findings: Finding[] = [];
  for (const { path, skipped, actions } of stage.subStages) {
    const patches = (skipped ? [] : actions).filter(({ kind }) => kind === "patches");
    for (const { name } of patches) {
      const file = join(path, name);
      if ((await has(file, "series")) || (await has(file, "EDIT"))) continue;
      findings.push({ code: "PATCHES_WITHOUT_SERIES", file, stage: stage.path, data: {} });
    }
    const [first, ...others] = patches;
    for (const { name } of first === undefined ? [] : others) {
      const data = { first: first?.name ?? "" };
      findings.push({
        code: "PATCHES_NEVER_APPLIED",
        file: join(path, name),
        stage: stage.path,
        data,
      });
    }
  }
  return findings;
};
