import { expect, test } from "vitest";
import { wrapText } from "../src/index.ts";

const hint =
  "hint: free some space (`pibuild clean --store` removes every layer), or set PIBUILD_STORE to a larger disk";
const flag =
  "     [--runner]   layered: step by step, cached; upstream: pi-gen's own build.sh, from the beginning";

test("a line that fits is left as it is, columns and all", () => {
  const table = "one/prerun   cached\none/00-only  run     never built";
  expect(wrapText(table, 40)).toBe(table);
  expect(wrapText(hint, 120)).toBe(hint);
});

test("a longer one is broken between words, and goes on below its text", () => {
  expect(wrapText(hint, 40)).toBe(
    [
      "hint: free some space",
      "      (`pibuild clean --store` removes",
      "      every layer), or set PIBUILD_STORE",
      "      to a larger disk",
    ].join("\n"),
  );
  expect(wrapText(flag, 60)).toBe(
    [
      "     [--runner]   layered: step by step, cached; upstream:",
      "                  pi-gen's own build.sh, from the beginning",
    ].join("\n"),
  );
});

test.each([40, 80, 120])("no line is longer than %i columns while words are not", (columns) => {
  for (const text of [hint, flag])
    for (const line of wrapText(text, columns).split("\n"))
      expect(line.length).toBeLessThanOrEqual(columns);
});

test("a column too far to the right for the terminal is given up", () => {
  const row = `${"a-step-with-a-long-name".padEnd(30)}run     changed: settings/TARGET_HOSTNAME`;
  expect(wrapText(row, 40)).toBe(
    "a-step-with-a-long-name run changed:\n  settings/TARGET_HOSTNAME",
  );
});

test("a command in backticks stays whole, be it longer than the terminal", () => {
  const command = "`pibuild shell debian-lite debian-base/04-locale --venue container`";
  expect(wrapText(`hint: look with ${command}, please`, 40).split("\n")).toEqual([
    "hint: look with",
    `      ${command},`,
    "      please",
  ]);
});

test("what is quoted stays whole: a program's output, and a line with its squiggle", () => {
  const output = `  | ${"word ".repeat(20)}`;
  const source = `     relese: trixie ${"# comment ".repeat(6)}\n     ~~~~~~`;
  expect(wrapText(output, 40)).toBe(output);
  expect(wrapText(source, 40)).toBe(source);
});

test("colours take no column", () => {
  const red = `\u001b[31m${"x".repeat(38)}\u001b[39m`;
  expect(wrapText(`${red} y`, 40)).toBe(`${red} y`);
});
