import { expect, test } from "vitest";
import { createLiveLine } from "../../src/reporters/live-line.ts";

/** The last line that a terminal of this width shows of a step that said something. */
function shown(columns: number | undefined, said: string): string {
  let written = "";
  const stderr = {
    write: (text: string) => {
      written = text;
    },
    ...(columns === undefined ? {} : { columns }),
  };
  const line = createLiveLine({ stderr });
  line.report({
    type: "step-started",
    step: "one/00-a",
    reason: { kind: "never-built" },
    logFile: "",
  });
  line.report({ type: "command-output", line: said });
  const last = written.replace("\r\u001b[2K", "");
  line.clear();
  return last;
}

test.each([
  ["is not known", undefined],
  ["is said to be 0", 0],
])("all of a short line is shown where the width %s", (_name, columns) => {
  expect(shown(columns, "unpacking")).toMatch(/^one\/00-a .* {2}unpacking$/);
});

test("a long line is cut before the terminal's last column", () => {
  expect(shown(40, "x".repeat(100)).length).toBe(39);
});
