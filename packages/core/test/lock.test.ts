import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { acquireLock, tryLock } from "../src/resources/lock.ts";
import { runScript, until } from "./processes.ts";
import { type Scratch, scratch } from "./scratch.ts";

let rig: Scratch;
beforeEach(async () => {
  rig = await scratch();
});
afterEach(async () => {
  await rig[Symbol.asyncDispose]();
});

const isFree = async (path: string) => {
  await using lock = await tryLock(path);
  return lock !== undefined;
};

/** A process that holds a lock, and what it printed. */
function holder(path: string) {
  const lines: string[] = [];
  const ended = runScript("hold-lock", [path], (line) => lines.push(line)).catch(() => {});
  return {
    lines,
    ended,
    async pid() {
      await until(async () => lines.length > 0);
      return Number(lines[0]);
    },
  };
}

test("one holder at a time; the file and its directory are made", async () => {
  const path = join(rig.path, "locks", "a lock");
  {
    await using lock = await acquireLock(path);
    expect(lock).toBeDefined();
    expect(await isFree(path)).toBe(false);
  }
  expect(await isFree(path)).toBe(true);
});

test("who waits is told once, and gets the lock when it is free", async () => {
  const path = join(rig.path, "lock");
  const first = await acquireLock(path, { onWait: () => expect.unreachable() });
  const order: string[] = [];
  const second = acquireLock(path, {
    onWait() {
      order.push("waits");
      void first[Symbol.asyncDispose]();
    },
  });
  await using _lock = await second;
  order.push("holds");
  expect(order).toEqual(["waits", "holds"]);
  expect(await isFree(path)).toBe(false);
});

test("who only reads shares it, and keeps out who wants it alone", async () => {
  const path = join(rig.path, "lock");
  const readers = [await acquireLock(path, { shared: true })];
  readers.push(await acquireLock(path, { shared: true, onWait: () => expect.unreachable() }));
  expect(await isFree(path)).toBe(false);
  let holds = false;
  const alone = acquireLock(path).then((lock) => {
    holds = true;
    return lock;
  });
  await readers[0]?.[Symbol.asyncDispose]();
  expect(holds).toBe(false);
  await readers[1]?.[Symbol.asyncDispose]();
  await (await alone)[Symbol.asyncDispose]();
});

test("many who want it have it one after the other", async () => {
  const path = join(rig.path, "lock");
  let inside = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      await using _lock = await acquireLock(path);
      inside += 1;
      most = Math.max(most, inside);
      await readFile(path);
      inside -= 1;
    }),
  );
  expect([most, inside]).toEqual([1, 0]);
});

test("a lock can be given back twice", async () => {
  const lock = await acquireLock(join(rig.path, "lock"));
  await lock[Symbol.asyncDispose]();
  await lock[Symbol.asyncDispose]();
  expect(await isFree(join(rig.path, "lock"))).toBe(true);
});

test("a holder that is killed frees its lock", async () => {
  const path = join(rig.path, "lock");
  const process_ = holder(path);
  const pid = await process_.pid();
  expect(await isFree(path)).toBe(false);
  process.kill(pid, "SIGKILL");
  await process_.ended;
  await using _lock = await acquireLock(path);
});

test("Ctrl-C does not free a lock whose holder goes on", async () => {
  const path = join(rig.path, "lock");
  const process_ = holder(path);
  const pid = await process_.pid();
  // What a terminal does: the signal goes to the whole process group.
  process.kill(-pid, "SIGINT");
  await until(async () => process_.lines.includes("interrupted"));
  expect(await isFree(path)).toBe(false);
  process.kill(pid, "SIGKILL");
  await process_.ended;
});

test("waiting for a lock ends with an abort, and the lock stays with its holder", async () => {
  const path = join(rig.path, "lock");
  await using _held = await acquireLock(path);
  const abort = new AbortController();
  const { signal } = abort;
  const waiting = acquireLock(path, { onWait: () => abort.abort("SIGTERM"), signal });
  await expect(waiting).rejects.toMatchObject({ code: "INTERRUPTED", data: { signal: "SIGTERM" } });
  expect(await isFree(path)).toBe(false);
});
