import { type EventBody, PibuildError } from "@pibuild/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type TimedWork, withinTime } from "../src/build/within-time.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const started: EventBody = {
  type: "step-started",
  step: "base/01-net",
  reason: { kind: "never-built" },
  logFile: "x",
};
const image = { name: "pi", timeoutMs: 60_000 };

/** A caller with a reporter that keeps what it is told. */
function caller() {
  const seen: EventBody[] = [];
  const abort = new AbortController();
  const reporter = {
    report: (event: EventBody) => void seen.push(event),
    finish: () => {},
    fail: () => {},
    leave: () => {},
    async [Symbol.asyncDispose]() {},
  };
  return { seen, abort, timed: { signal: abort.signal, reporter } };
}

/** Work that ends when it is stopped, as programs do. */
async function stopped({ signal }: TimedWork): Promise<never> {
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
  throw new PibuildError("INTERRUPTED", { signal: String(signal.reason) });
}

test("what takes too long is stopped, and what ran is named with its time", async () => {
  const { seen, timed } = caller();
  const work = withinTime(image, timed, async (limited) => {
    limited.reporter.report({ type: "step-cached", step: "base/00-apt" });
    await vi.advanceTimersByTimeAsync(20_000);
    limited.reporter.report(started);
    return stopped(limited);
  });
  const ended = expect(work).rejects.toMatchObject({
    code: "BUILD_TIMEOUT",
    exitCode: 124,
    data: { image: "pi", limitMs: 60_000, running: "base/01-net", runningMs: 40_000 },
  });
  await vi.advanceTimersByTimeAsync(60_000);
  await ended;
  expect(seen).toEqual([{ type: "step-cached", step: "base/00-apt" }, started]);
});

test("between two steps nothing ran", async () => {
  const { timed } = caller();
  const work = withinTime(image, timed, async (limited) => {
    limited.reporter.report(started);
    const finished = { step: "base/01-net", durationMs: 1, layer: "x", layerBytes: 1 };
    limited.reporter.report({ type: "step-finished", ...finished });
    return stopped(limited);
  });
  const ended = expect(work).rejects.toMatchObject({ data: { running: undefined } });
  await vi.advanceTimersByTimeAsync(60_000);
  await ended;
});

test("work that ends in time leaves no timer, and its own error stays", async () => {
  const { timed } = caller();
  await withinTime(image, timed, async () => {});
  const failed = new PibuildError("USAGE", { message: "x" });
  await expect(withinTime(image, timed, () => Promise.reject(failed))).rejects.toBe(failed);
  expect(vi.getTimerCount()).toBe(0);
});

test("somebody who stops it before is told so", async () => {
  const { abort, timed } = caller();
  const work = withinTime(image, timed, stopped);
  abort.abort("SIGINT");
  await expect(work).rejects.toMatchObject({ code: "INTERRUPTED", data: { signal: "SIGINT" } });
});

test("without a limit the caller's own signal and reporter are passed on", async () => {
  const { timed } = caller();
  await withinTime({ name: "pi" }, timed, async (work) => {
    expect(work).toEqual(timed);
    expect(vi.getTimerCount()).toBe(0);
  });
});
