import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Names the directory in which one run of tests keeps what it saw of the machine; without it, none does. */
export const tracesVariable = "PIBUILD_TEST_TRACES";

/** Files of such a directory. */
export const tracesFiles = (directory: string) => ({
  /** The machine before all tests, as JSON. */
  before: join(directory, "before"),
  /** What all tests left behind, as a JSON array of lines. */
  left: join(directory, "left"),
  /** What a test file saw at its end. */
  seen: (testFile: string) =>
    join(directory, `seen-${Date.now()}-${testFile.replaceAll("/", "_")}`),
});

/** What a test file saw that was not there before all tests. */
export interface SeenTraces {
  readonly testFile: string;
  readonly lines: readonly string[];
}

/** What test files saw, in the order in which they ended. */
export function readSeen(directory: string): SeenTraces[] {
  const names = readdirSync(directory).filter((name) => name.startsWith("seen-"));
  return names.sort().map((name) => JSON.parse(readFileSync(join(directory, name), "utf8")));
}
