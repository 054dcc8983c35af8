import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { isPibuildError, ownProcesses, PibuildError } from "@pibuild/core";
import { findKnownCause } from "../run/known-cause.ts";
import { mountRoot } from "../run/paths.ts";
import type { RunContext } from "../run/run-context.ts";
import { neutralEnvironment } from "../run/step-environment.ts";
import { configFile, piGenDirectory } from "./prepare-upstream.ts";
import { reportProgress } from "./report-progress.ts";

/**
 * Runs build.sh in pid and mount namespaces of their own, which take everything it leaves behind
 * with them, and reports what its log says of these stages. Throws UPSTREAM_FAILED.
 */
export async function callBuild(context: RunContext, stages: readonly string[]): Promise<void> {
  const { exec, emit, spec, logs, scratch } = context;
  const logFile = join(logs, "build.sh.log");
  const progress = reportProgress(stages, emit);
  await mkdir(logs, { recursive: true, mode: 0o700 });
  await rm(logFile, { force: true });
  try {
    await exec.run({
      program: "unshare",
      args: [...ownProcesses, ...[join(piGenDirectory, "build.sh"), "-c", configFile]],
      cwd: mountRoot,
      env: neutralEnvironment,
      logFile,
      onLine: progress.sees,
    });
  } catch (error) {
    if (!isPibuildError(error, "COMMAND_FAILED")) throw error;
    const cause = await findKnownCause(error.data.tail, scratch, {
      setsCapabilities: spec.variables.SETFCAP === "1",
      debian: [spec.variables.APT_MIRROR ?? "", spec.variables.APT_SECURITY_MIRROR ?? ""],
    });
    const failure = { ...error.data, command: "build.sh" };
    const at = progress.current();
    const data = { image: spec.name, failure, logFile, ...(at === undefined ? {} : { at }) };
    throw new PibuildError("UPSTREAM_FAILED", data, { cause });
  }
}
