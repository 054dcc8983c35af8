import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createExec, isPibuildError, ownMounts } from "@pibuild/core";

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
  /** Parts of the test files' paths; all files of the project where there is none. */
  readonly filters?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the tests of a vitest project. As root they get a mount namespace of their own. */
export async function runSuite(
  project: string,
  { filters = [], env = {} }: SuiteOptions = {},
): Promise<SuiteResult> {
  mkdirSync(reports, { recursive: true });
  const file = join(reports, `${project}.json`);
  rmSync(file, { force: true });
  const argv = [
    ...[vitest, "run", "--project", project, "--root", root, "--passWithNoTests"],
    ...["--reporter=default", "--reporter=json", `--outputFile.json=${file}`],
    ...filters,
  ];
  const own = process.getuid?.() === 0;
  try {
    await createExec().run({
      program: own ? "unshare" : "node",
      args: own ? [...ownMounts, process.execPath, ...argv] : argv,
      cwd: root,
      env: {
        ...definedOnly(process.env),
        ...(own ? { PIBUILD_TEST_NAMESPACE: "own" } : {}),
        ...env,
      },
      interactive: true,
    });
  } catch (error) {
    if (!isPibuildError(error, "COMMAND_FAILED")) throw error;
  }
  return summarise(JSON.parse(readFileSync(file, "utf8")) as VitestReport);
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
