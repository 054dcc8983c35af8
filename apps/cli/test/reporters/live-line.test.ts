import type { EventBody } from "@pibuild/core";
import { expect, test } from "vitest";
import { createLiveLine } from "../../src/reporters/live-line.ts";

const started: EventBody = {
  type: "step-started",
  step: "one/00-a",
  reason: { kind: "never-built" },
  logFile: "",
};
const says = (line: string): EventBody => ({ type: "command-output", line });

/** The last line that a terminal of this width shows after some events. */
function shown(columns: number | undefined, ...events: readonly EventBody[]): string {
  let written = "";
  const stderr = {
    write: (text: string) => {
      written = text;
    },
    ...(columns === undefined ? {} : { columns }),
  };
  const line = createLiveLine({ stderr });
  for (const event of events) line.report(event);
  const last = written.replace("\r\u001b[2K", "");
  line.clear();
  return last;
}

test.each([
  ["is not known", undefined],
  ["is said to be 0", 0],
])("all of a short line is shown where the width %s", (_name, columns) => {
  expect(shown(columns, started, says("unpacking"))).toMatch(/^one\/00-a .* {2}unpacking$/);
});

test("a long line is cut before the terminal's last column", () => {
  expect(shown(40, started, says("x".repeat(100))).length).toBe(39);
});

test("what begins does not show what something else said last", () => {
  const phase: EventBody = { type: "phase-started", phase: "disk" };
  expect(shown(80, started, says("unpacking"), phase)).toMatch(/^disk \d\.\d s {2}$/);
});

test("a phase inside of a step gives the line back to it", () => {
  const phase = "make the twin";
  const events: EventBody[] = [
    { type: "phase-started", phase },
    { type: "phase-finished", phase, durationMs: 1 },
  ];
  expect(shown(80, started, ...events, says("unpacking"))).toMatch(/^one\/00-a .* {2}unpacking$/);
});

test.each([
  [{ bytes: 3 * 1024 ** 2 }, "3.0 MiB written"],
  [{ bytes: 3 * 1024 ** 2, totalBytes: 8 * 1024 ** 2 }, "37 % of 8.0 MiB"],
])("how far a phase is: %j", (progress, words) => {
  const events: EventBody[] = [
    { type: "phase-started", phase: "disk" },
    { type: "phase-progress", phase: "disk", ...progress },
  ];
  expect(shown(80, ...events)).toMatch(new RegExp(`^disk .* {2}${words}$`));
});
