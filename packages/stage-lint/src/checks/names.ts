import type { LintCheck } from "./check.ts";

/** Files that look as if they should run, and never will. */
export const checkNames: LintCheck = ({ stage }) =>
  stage.warnings.map(({ code, path: file, problem }) => ({
    code,
    file,
    stage: stage.path,
    data: { problem },
  }));
