import type { EventBody } from "@pibuild/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createLogReader } from "../src/upstream/read-log.ts";
import { reportProgress } from "../src/upstream/report-progress.ts";

const clock = (seconds: number) =>
  new Date(seconds * 1000).toISOString().slice("1970-01-01T".length, -".000Z".length);

describe("the log of build.sh", () => {
  test("counts seconds from its first line, and knows lines of its own from others", () => {
    const read = createLogReader();
    const lines = [
      "[14:57:44] Begin /x/pi-gen/stage0",
      "Setting up libc6 (2.36-9) ...",
      "[14:58:01] Skip /x/00-run.sh (not executable)",
      "[14:58:01] End /x/pi-gen/stage0",
    ];
    expect(lines.map(read)).toEqual([
      { what: "Begin", path: "/x/pi-gen/stage0", seconds: 0 },
      undefined,
      undefined,
      { what: "End", path: "/x/pi-gen/stage0", seconds: 17 },
    ]);
  });

  test("goes on past midnight, as often as it comes, wherever it began", () => {
    const gap = fc.integer({ min: 0, max: 11 * 3600 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 86_399 }), fc.array(gap), (start, gaps) => {
        const read = createLogReader();
        expect(read(`[${clock(start)}] Begin /a`)?.seconds).toBe(0);
        let passed = 0;
        for (const seconds of gaps) {
          passed += seconds;
          expect(read(`[${clock((start + passed) % 86_400)}] End /a`)?.seconds).toBe(passed);
        }
      }),
    );
  });

  test("never goes back when the clock is set back", () => {
    const read = createLogReader();
    const lines = ["[00:00:10] Begin /a", "[23:59:50] End /a", "[00:00:20] End /a"];
    expect(lines.map((line) => read(line)?.seconds)).toEqual([0, 0, 30]);
  });
});

test("stages and steps are reported with their times, files as what goes on", () => {
  const events: EventBody[] = [];
  const progress = reportProgress(["/p/pi-gen/stage0", "/w/stages/my"], (event) => {
    events.push(event);
  });
  const lines = [
    "[23:59:00] Begin /p/pi-gen",
    "[23:59:00] Begin /p/pi-gen/stage0",
    "[23:59:01] Begin /p/pi-gen/stage0/prerun.sh",
    "[00:01:00] End /p/pi-gen/stage0/prerun.sh",
    "[00:01:00] Begin /p/pi-gen/stage0/00-a",
    "[00:01:00] Begin /p/pi-gen/stage0/00-a/00-packages",
    "[00:01:05] End /p/pi-gen/stage0/00-a/00-packages",
    "[00:01:05] End /p/pi-gen/stage0/00-a",
    "[00:01:06] End /p/pi-gen/stage0",
    "[00:01:06] Begin /w/stages/my",
    "[00:01:06] Begin /w/stages/my/01-b",
  ];
  for (const line of lines) progress.sees(line);
  expect(events).toEqual([
    { type: "phase-started", phase: "stage0" },
    { type: "phase-started", phase: "stage0/prerun.sh" },
    { type: "phase-finished", phase: "stage0/prerun.sh", durationMs: 119_000 },
    { type: "phase-started", phase: "stage0/00-a" },
    { type: "action-started", step: "stage0/00-a", action: "00-packages" },
    { type: "phase-finished", phase: "stage0/00-a", durationMs: 5000 },
    { type: "phase-finished", phase: "stage0", durationMs: 126_000 },
    { type: "phase-started", phase: "my" },
    { type: "phase-started", phase: "my/01-b" },
  ]);
  expect(progress.current()).toBe("my/01-b");
});
