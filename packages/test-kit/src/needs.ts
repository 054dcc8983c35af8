import { statSync } from "node:fs";
import { release } from "node:os";
import { dirname } from "node:path";
import { findCommand, missingPrograms, type ProgramName } from "@pibuild/core";
import { type TestContext, test } from "vitest";

/** What a test may need besides programs. */
const capabilities = {
  root: () => process.getuid?.() === 0,
  /**
   * This process may mount: what it mounts is seen nowhere else and goes away with it. Whoever
   * starts the tests so says it, because a process cannot tell whether it shares its namespace.
   */
  "own mount namespace": () =>
    process.getuid?.() === 0 && process.env.PIBUILD_TEST_NAMESPACE === "own",
  /** binfmt_misc belongs to a user namespace since Linux 6.7. */
  "Linux 6.7": () => {
    const [major = 0, minor = 0] = release().split(".").map(Number);
    return major > 6 || (major === 6 && minor >= 7);
  },
  /** Not where it lies in root's closed home. */
  "a repository that every user can read": () => isOpen(import.meta.dirname),
  /** Which Debian does not have. */
  pwsh: () => findCommand("pwsh") !== undefined,
  /** A node.exe for wine to run; CONTRIBUTING says where it comes from. */
  PIBUILD_TEST_NODE_EXE: () => (process.env.PIBUILD_TEST_NODE_EXE ?? "") !== "",
  /** A pi-gen checkout, which this repository must not hold. */
  PIGEN_DIR: () => (process.env.PIGEN_DIR ?? "") !== "",
} as const;

export type Need = ProgramName | keyof typeof capabilities;

/** Needs that a host may lack even where all others are required, because they are choices. */
const optional: readonly Need[] = [
  "PIGEN_DIR",
  "a repository that every user can read",
  "docker",
  "podman",
  "update-binfmts",
  "PIBUILD_TEST_NODE_EXE",
  "pwsh",
  "wine",
];

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
    return (name: string, _body: (context: TestContext) => unknown, _timeout?: number) =>
      test(name, () => {
        throw new Error(reason);
      });
  }
  return (name: string, body: (context: TestContext) => unknown, timeout?: number) =>
    test.skip(`${name} (${reason})`, async (context) => body(context), timeout);
}

/** Whether every directory up to the root lets everybody through. */
function isOpen(path: string): boolean {
  for (let directory = dirname(path); ; directory = dirname(directory)) {
    if ((statSync(directory).mode & 0o001) === 0) return false;
    if (directory === dirname(directory)) return true;
  }
}

function has(need: Need): boolean {
  return need in capabilities
    ? capabilities[need as keyof typeof capabilities]()
    : missingPrograms([need as ProgramName]).length === 0;
}
