import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createSlowLines } from "../../src/reporters/slow-lines.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("each minute of silence tells what runs and how far it is", () => {
  const lines: string[] = [];
  const slow = createSlowLines((line) => lines.push(line));
  slow.report({ type: "phase-started", phase: "artifacts" });
  slow.print("run     artifacts");
  vi.advanceTimersByTime(59_000);
  expect(lines).toEqual(["run     artifacts"]);
  slow.report({
    type: "phase-progress",
    phase: "artifacts",
    bytes: 1024 ** 3,
    totalBytes: 2 ** 31,
  });
  vi.advanceTimersByTime(1000);
  expect(lines.slice(1)).toEqual(["still   artifacts 1 min 0 s  50 % of 2.0 GiB"]);
  vi.advanceTimersByTime(30_000);
  slow.print("wrote   x");
  vi.advanceTimersByTime(59_000);
  expect(lines).toHaveLength(3);
  slow.report({ type: "phase-finished", phase: "artifacts", durationMs: 1 });
  vi.advanceTimersByTime(120_000);
  slow.clear();
  vi.advanceTimersByTime(120_000);
  expect(lines).toHaveLength(3);
});
