import { missingPrograms, type ProgramName } from "@pibuild/core";
import { test } from "vitest";

/** What a test may need besides programs. */
const capabilities = {
  root: () => process.getuid?.() === 0,
  /**
   * This process may mount: what it mounts is seen nowhere else and goes away with it. Whoever
   * starts the tests so says it, because a process cannot tell whether it shares its namespace.
   */
  "own mount namespace": () =>
    process.getuid?.() === 0 && process.env.PIBUILD_TEST_NAMESPACE === "own",
  /** A pi-gen checkout, which this repository must not hold. */
  PIGEN_DIR: () => (process.env.PIGEN_DIR ?? "") !== "",
} as const;

export type Need = ProgramName | keyof typeof capabilities;

/** Needs that a host may lack even where all others are required, because they are choices. */
const optional: readonly Need[] = ["PIGEN_DIR"];

/**
 * `test`, or a skip that says what this host lacks. PIBUILD_TEST_REQUIRE=all turns such a skip
 * into a failure, for hosts that are meant to have everything.
 */
export function needs(...what: readonly Need[]) {
  const missing = what.filter((need) => !has(need));
  if (missing.length === 0) return test;
  const reason = `not here: ${missing.join(", ")}`;
  if (
    process.env.PIBUILD_TEST_REQUIRE === "all" &&
    missing.some((need) => !optional.includes(need))
  ) {
    return (name: string, _body: () => unknown, _timeout?: number) =>
      test(name, () => {
        throw new Error(reason);
      });
  }
  return (name: string, body: () => unknown, timeout?: number) =>
    test.skip(`${name} (${reason})`, async () => body(), timeout);
}

function has(need: Need): boolean {
  return need in capabilities
    ? capabilities[need as keyof typeof capabilities]()
    : missingPrograms([need as ProgramName]).length === 0;
}
