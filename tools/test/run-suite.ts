import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createExec, isPibuildError, ownMounts, ownProcesses } from "@pibuild/core";
import { tracesFiles, tracesVariable } from "./traces/traces-files.ts";

export const root = fileURLToPath(new URL("../..", import.meta.url));
const reports = join(root, ".pibuild", "test");
const vitest = join(root, "node_modules", "vitest", "vitest.mjs");

/** What vitest's JSON reporter writes. */
interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly success: boolean;
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      /** Milliseconds. */
      readonly duration?: number | null;
    }[];
  }[];
}

/** How one run of tests ended. */
export interface SuiteResult {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** False also where a file could not be loaded, which fails no test. */
  readonly success: boolean;
  readonly tests: readonly {
    readonly name: string;
    readonly status: string;
    readonly seconds: number;
  }[];
}

export interface SuiteOptions {
  /** Parts of the test files' paths; all files of the projects where there is none. */
  readonly filters?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Of the files that the run leaves; the projects' where there is none. */
  readonly name?: string;
  /** Takes what the tests print, in place of this process's output. */
  readonly logFile?: string;
  /** Whether that the machine is as it was before is one more test: nothing may run beside it then. */
  readonly traces?: boolean;
}

/**
 * Runs the tests of projects of vitest beside each other. As root they get a mount namespace of their own.
 */
export async function runSuite(
  projects: readonly string[],
  options: SuiteOptions = {},
): Promise<SuiteResult> {
  const { filters = [], env = {}, name = projects.join("-"), logFile, traces = false } = options;
  const file = join(reports, `${name}.json`);
  const tracesDirectory = join(reports, `${name}-traces`);
  rmSync(file, { force: true });
  rmSync(tracesDirectory, { recursive: true, force: true });
  mkdirSync(tracesDirectory, { recursive: true });
  const argv = [
    ...[vitest, "run", "--root", root, "--passWithNoTests"],
    ...projects.flatMap((project) => ["--project", project]),
    ...["--reporter=default", "--reporter=json", `--outputFile.json=${file}`],
    ...filters,
  ];
  const own = process.getuid?.() === 0;
  // Where the machine is looked at, those processes alone are seen that the tests started; bash, the
  // first of them, takes in those that lost their parent.
  const namespaces = traces
    ? [...ownProcesses, "bash", "-c", '"$@"; exit "$?"', "bash"]
    : ownMounts;
  try {
    await createExec().run({
      program: own ? "unshare" : "node",
      args: own ? [...namespaces, process.execPath, ...argv] : argv,
      cwd: root,
      env: {
        ...definedOnly(process.env),
        ...(own ? { PIBUILD_TEST_NAMESPACE: "own" } : {}),
        ...(traces ? { [tracesVariable]: tracesDirectory } : {}),
        ...env,
      },
      ...(logFile === undefined ? { interactive: true } : { logFile }),
    });
  } catch (error) {
    if (!isPibuildError(error, "COMMAND_FAILED")) throw error;
  }
  const result = summarise(JSON.parse(readFileSync(file, "utf8")) as VitestReport);
  return traces ? withTraces(result, tracesFiles(tracesDirectory).left) : result;
}

/** That all tests together leave the machine as it was is one more test. */
function withTraces(result: SuiteResult, leftFile: string): SuiteResult {
  // Without a test file nothing was looked at.
  if (result.tests.length === 0) return result;
  const left: string[] = JSON.parse(readFileSync(leftFile, "utf8"));
  const clean = left.length === 0;
  if (!clean) process.stdout.write(`left on the machine:\n${left.join("\n")}\n`);
  const status = clean ? "passed" : "failed";
  return {
    passed: result.passed + (clean ? 1 : 0),
    failed: result.failed + (clean ? 0 : 1),
    skipped: result.skipped,
    success: result.success && clean,
    tests: [...result.tests, { name: "the machine is as it was", status, seconds: 0 }],
  };
}

function summarise(report: VitestReport): SuiteResult {
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
    success: report.success && report.numFailedTests === 0,
    tests: report.testResults.flatMap(({ assertionResults }) =>
      assertionResults.map(({ title, status, duration }) => ({
        name: title,
        status,
        seconds: Math.round((duration ?? 0) / 100) / 10,
      })),
    ),
  };
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
