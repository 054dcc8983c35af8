import { join } from "node:path";
import { createExec, isPibuildError, ownMounts } from "@pibuild/core";
import { root, runSuite, type SuiteResult } from "../run-suite.ts";
import type { Proof } from "./proofs.ts";

/**
 * Runs a proof and gives its counts; one that lacks the variable that it needs is skipped. What it
 * prints goes to the log file.
 */
export async function runProof(proof: Proof, logFile: string): Promise<SuiteResult> {
  const { name, needs, run } = proof;
  if (needs !== undefined && (process.env[needs] ?? "") === "") {
    process.stdout.write(`${name} is skipped: ${needs} is not set\n`);
    return { passed: 0, failed: 0, skipped: 1, success: true, tests: [] };
  }
  if ("program" in run) return runProgram(run.program, run.args, logFile);
  const { project, files: filters, env = {} } = run;
  return runSuite(project === "unit" ? ["unit", "quick"] : [project], {
    name: `proof-${name}`,
    filters,
    env,
    logFile,
  });
}

/** A program is one test: it passes when it ends with 0. */
async function runProgram(
  program: string,
  args: readonly string[],
  logFile: string,
): Promise<SuiteResult> {
  const started = performance.now();
  const passed = await createExec()
    .run({
      program: "unshare",
      args: [...ownMounts, process.execPath, join(root, program), ...args],
      env: Object.fromEntries(
        Object.entries(process.env).map(([name, value]) => [name, value ?? ""]),
      ),
      cwd: root,
      logFile,
    })
    .then(
      () => true,
      (error: unknown) => {
        if (!isPibuildError(error, "COMMAND_FAILED")) throw error;
        return false;
      },
    );
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  return {
    ...{ passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0, success: passed },
    tests: [{ name: program, status: passed ? "passed" : "failed", seconds }],
  };
}
