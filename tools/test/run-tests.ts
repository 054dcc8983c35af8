import { runSuite } from "./run-suite.ts";

/**
 * The projects of `npm test`: those that look at all of the machine by themselves, and then the rest
 * beside each other. An image's build and boot leave most of a second core to the units.
 */
const suites = [["host"], ["unit", "quick", "image"]] as const;

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
