import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createExec, isPibuildError, ownMounts } from "@pibuild/core";

/** The suites, in the order in which they run: quick ones first. */
const suites = ["unit", "image"] as const;

const root = fileURLToPath(new URL("../..", import.meta.url));
const reports = join(root, ".pibuild", "test");
const vitest = join(root, "node_modules", "vitest", "vitest.mjs");

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly success: boolean;
}

/** Runs one suite and returns its counts. As root it gets a mount namespace of its own. */
async function runSuite(suite: string, filters: readonly string[]): Promise<Report> {
  const file = join(reports, `${suite}.json`);
  rmSync(file, { force: true });
  const argv = [
    vitest,
    "run",
    ...["--project", suite, "--root", root, "--passWithNoTests"],
    ...["--reporter=default", "--reporter=json", `--outputFile.json=${file}`],
    ...filters,
  ];
  const own = process.getuid?.() === 0;
  try {
    await createExec().run({
      program: own ? "unshare" : "node",
      args: own ? [...ownMounts, process.execPath, ...argv] : argv,
      cwd: root,
      env: { ...definedOnly(process.env), ...(own ? { PIBUILD_TEST_NAMESPACE: "own" } : {}) },
      interactive: true,
    });
  } catch (error) {
    if (!isPibuildError(error, "COMMAND_FAILED")) throw error;
  }
  return JSON.parse(readFileSync(file, "utf8")) as Report;
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

mkdirSync(reports, { recursive: true });
const totals = { passed: 0, failed: 0, skipped: 0 };
let success = true;
for (const suite of suites) {
  const report = await runSuite(suite, process.argv.slice(2));
  totals.passed += report.numPassedTests;
  totals.failed += report.numFailedTests;
  totals.skipped += report.numPendingTests + report.numTodoTests;
  success &&= report.success;
}
process.stdout.write(
  `${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped\n`,
);
process.exitCode = success && totals.failed === 0 && totals.passed > 0 ? 0 : 1;
