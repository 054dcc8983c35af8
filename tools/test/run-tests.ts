import { runSuite } from "./run-suite.ts";

/** The suites of `npm test`, in the order in which they run: quick ones first. */
const suites = ["unit", "host", "image"] as const;

const totals = { passed: 0, failed: 0, skipped: 0 };
let success = true;
for (const suite of suites) {
  const result = await runSuite(suite, { filters: process.argv.slice(2), traces: true });
  totals.passed += result.passed;
  totals.failed += result.failed;
  totals.skipped += result.skipped;
  success &&= result.success;
}
process.stdout.write(
  `${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped\n`,
);
process.exitCode = success && totals.passed > 0 ? 0 : 1;
