import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { acquireLock } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { expect } from "vitest";
import { sweepRuns } from "../run-scratch.ts";

const test = needs("flock");

test("what a killed run left goes with the next run, and what a run still uses stays", async () => {
  const parent = await mkdtemp(join(tmpdir(), "pibuild runs-"));
  const directory = async (name: string) => {
    await mkdir(join(parent, name));
    await writeFile(join(parent, name, "left"), "");
    return join(parent, name);
  };
  const killed = await directory("pibuild-run-killed");
  await (await acquireLock(join(killed, "lock")))[Symbol.asyncDispose]();
  const running = await directory("pibuild-run-running");
  const beginning = await directory("pibuild-run-beginning");
  const another = await directory("pibuild config-1");
  await using _lock = await acquireLock(join(running, "lock"));
  await sweepRuns(parent);
  expect([killed, running, beginning, another].map(existsSync)).toEqual([false, true, true, true]);
  await rm(parent, { recursive: true });
});

test("a test's directory in the system's is one of its run", () => {
  expect(tmpdir()).toMatch(/\/pibuild-run-\w+$/);
});
