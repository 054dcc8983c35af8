import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { EventBody } from "../src/events/event.ts";
import { tryLock } from "../src/resources/lock.ts";
import { createRunDirectory, sweep } from "../src/resources/run-directory.ts";
import { runScript, until } from "./processes.ts";
import { type Scratch, scratch } from "./scratch.ts";

let rig: Scratch;
beforeEach(async () => {
  rig = await scratch();
});
afterEach(async () => {
  await rig[Symbol.asyncDispose]();
});

/** A run that was killed, with something in its directory. */
async function killedRun(parent: string): Promise<string> {
  let started: string | undefined;
  const ended = runScript("hold-run", [parent], (line) => {
    started = line;
  }).catch(() => {});
  await until(async () => started !== undefined);
  const [, pid = "", path = ""] = /^(\d+) (.*)$/.exec(started ?? "") ?? [];
  await writeFile(join(path, "half-done"), "");
  process.kill(Number(pid), "SIGKILL");
  await ended;
  // The lock goes with its holder, which the kernel ends a moment later.
  await until(async () => {
    await using lock = await tryLock(`${path}.lock`);
    return lock !== undefined;
  });
  return path;
}

test("a run's directory is its own, for nobody else, and goes away with it", async () => {
  const parent = join(rig.path, "runs");
  {
    await using one = await createRunDirectory(parent);
    await using two = await createRunDirectory(parent);
    expect(one.path).not.toBe(two.path);
    expect((await stat(one.path)).mode & 0o777).toBe(0o700);
    await mkdir(join(one.path, "deep", "er"), { recursive: true });
  }
  expect(await readdir(parent)).toEqual([]);
});

test("what is kept outlives the run, and replaces what was there", async () => {
  const destination = join(rig.path, "kept");
  await mkdir(destination);
  await writeFile(join(destination, "old"), "");
  {
    await using run = await createRunDirectory(join(rig.path, "runs"));
    await mkdir(join(run.path, "result"));
    await writeFile(join(run.path, "result", "new"), "");
    await run.keep("result", destination);
  }
  expect(await readdir(destination)).toEqual(["new"]);
});

test("a sweep removes what killed runs left, and leaves live runs alone", async () => {
  const parent = join(rig.path, "runs");
  await using live = await createRunDirectory(parent);
  await writeFile(join(live.path, "work"), "mine");
  const dead = await killedRun(parent);
  expect(await readdir(dead)).toEqual(["half-done"]);
  const events: EventBody[] = [];
  await sweep(parent, (event) => events.push(event));
  expect(events).toEqual([{ type: "swept", path: dead }]);
  expect(await readFile(join(live.path, "work"), "utf8")).toBe("mine");
  expect((await readdir(parent)).every((name) => live.path.includes(name.slice(0, 12)))).toBe(true);
});

test("sweeps and starts side by side do each other no harm", async () => {
  const parent = join(rig.path, "runs");
  await killedRun(parent);
  const start = async () => {
    await using run = await createRunDirectory(parent);
    await writeFile(join(run.path, "work"), run.path);
    await sweep(parent);
    expect(await readFile(join(run.path, "work"), "utf8")).toBe(run.path);
  };
  await Promise.all(Array.from({ length: 8 }, start));
  expect(await readdir(parent)).toEqual([]);
});

test("there may be nothing to sweep", async () => {
  await sweep(join(rig.path, "nowhere"));
  await expect(stat(join(rig.path, "nowhere"))).rejects.toThrow("ENOENT");
});
