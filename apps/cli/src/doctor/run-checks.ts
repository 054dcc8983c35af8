import { isPibuildError, PibuildError } from "@pibuild/core";
import type { Check, CheckContext, CheckResult } from "./check.ts";

/** What one check came to. */
export interface Diagnosis extends CheckResult {
  readonly check: string;
  /** Whether `--fix` put it right in this run. */
  readonly mended: boolean;
}

export interface DiagnoseOptions {
  readonly fix: boolean;
  /** Called for each as it is known. */
  readonly report: (diagnosis: Diagnosis) => void;
}

/**
 * Asks each check in its order, leaving out those that make no sense on this system. With `fix`,
 * what is wrong and can be mended is mended, and asked again: a mend that fails stops nothing.
 */
export async function runChecks(
  checks: readonly Check[],
  context: CheckContext,
  { fix, report }: DiagnoseOptions,
): Promise<Diagnosis[]> {
  const diagnoses: Diagnosis[] = [];
  for (const check of checks) {
    if (check.on === "linux" && context.host.platform !== "linux") continue;
    const finding = await check.examine(context);
    if (finding === undefined) continue;
    const diagnosis =
      fix && finding.status !== "ok" && finding.mend !== undefined
        ? await mend(check, context, finding.mend)
        : { ...finding, check: check.name, mended: false };
    diagnoses.push(diagnosis);
    report(diagnosis);
  }
  return diagnoses;
}

async function mend(
  check: Check,
  context: CheckContext,
  action: () => Promise<void>,
): Promise<Diagnosis> {
  const failure = await action().then(() => undefined, foreseen);
  const after = (await check.examine(context)) ?? { status: "ok", detail: "" };
  const detail =
    failure === undefined ? after.detail : `${after.detail}\nmending it failed: ${failure}`;
  return { ...after, detail, check: check.name, mended: after.status === "ok" };
}

/** What an error says, with the last line of the program that failed. */
function foreseen(error: unknown): string {
  if (!(error instanceof PibuildError) || error.code === "INTERRUPTED") throw error;
  const failure = isPibuildError(error, "PIGEN_UNREACHABLE")
    ? error.data.failure
    : isPibuildError(error, "COMMAND_FAILED")
      ? error.data
      : undefined;
  const said = failure?.tail.at(-1);
  return said === undefined ? error.message : `${error.message}: ${said}`;
}
