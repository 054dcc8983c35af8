import { relative } from "node:path";
import { createExec } from "@pibuild/core";
import { type Entry, scratchStage } from "@pibuild/test-kit";
import { codeOf } from "../src/describe-finding.ts";
import { findStageLists } from "../src/find-stage-lists.ts";
import { type LintReport, lintStages } from "../src/lint-stages.ts";

export type Files = Readonly<Record<string, Entry>>;

/** A script that nothing can be said against. */
export const plain = "#!/bin/bash -e\ntrue\n";
/** Enough for a directory to be a stage. */
export const prerun = '#!/bin/bash -e\nif [ ! -d "${ROOTFS_DIR}" ]; then\n\tcopy_previous\nfi\n';

/** What is found in one stage, without shellcheck: `path:line:column CODE`. */
export async function lintStage(files: Files, name = "stage2"): Promise<string[]> {
  const stage = await scratchStage(name, { "prerun.sh": prerun, ...files });
  return describeReport(await lintNames(stage, ["."], ["shellcheck"]), stage);
}

/** What is found in directories, given in this order; the keys of `files` begin with theirs. */
export async function lintList(names: readonly string[], files: Files): Promise<string[]> {
  const parent = await scratchStage("list", {
    ...Object.fromEntries(names.map((name) => [`${name}/prerun.sh`, prerun])),
    ...files,
  });
  return describeReport(await lintNames(parent, names, ["shellcheck"]), parent);
}

/** What is found in an `NN-run.sh` with these lines after its first, but for what it fetches: `line:column CODE`. */
export async function lintScript(text: string): Promise<string[]> {
  const all = await lintStage({ "00-a/00-run.sh": `#!/bin/bash -e\n${text}\n` });
  const found = all.filter((line) => !line.endsWith(" FETCHES_BESIDES"));
  return found.map((line) => line.replace("00-a/00-run.sh:", ""));
}

export async function lintNames(
  cwd: string,
  names: readonly string[],
  missing?: readonly "shellcheck"[],
  env: NodeJS.ProcessEnv = {},
): Promise<LintReport> {
  const exec = createExec();
  return lintStages(await findStageLists({ exec, cwd, names, env }), exec, missing);
}

export function describeReport({ findings }: LintReport, from: string): string[] {
  return findings.map((finding) => {
    const place = [relative(from, finding.file) || ".", finding.line, finding.column];
    return `${place.filter((part) => part !== undefined).join(":")} ${codeOf(finding)}`;
  });
}
