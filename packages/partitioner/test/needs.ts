import { missingPrograms, type ProgramName } from "@pibuild/core";
import { test } from "vitest";

/**
 * `test`, or a skip that says what this host lacks. PIBUILD_TEST_REQUIRE=all turns such a skip
 * into a failure, for hosts that are meant to have everything.
 */
export function needs(...what: (ProgramName | "root")[]) {
  const programs = what.filter((name) => name !== "root");
  const missing: string[] = [...missingPrograms(programs)];
  if (what.includes("root") && process.getuid?.() !== 0) missing.push("root");
  if (missing.length === 0) return test;
  const reason = `not here: ${missing.join(", ")}`;
  if (process.env.PIBUILD_TEST_REQUIRE === "all") {
    return (name: string, _body: () => unknown) =>
      test(name, () => {
        throw new Error(reason);
      });
  }
  return (name: string, body: () => unknown) =>
    test.skip(`${name} (${reason})`, async () => body());
}
