import { existsSync } from "node:fs";
import { uptime } from "node:os";
import { expect, test } from "vitest";
import { createExec } from "../src/exec/create-exec.ts";
import { bootId, pidNamespace, startTime } from "../src/resources/processes.ts";
import { until } from "./processes.ts";

/** One more than the largest number that Linux gives. */
const nobody = 2 ** 22 + 1;

/** Runs a script that prints a process's number, looks at that process, and ends them all. */
async function lookAt(script: string, look: (pid: number) => Promise<void>): Promise<void> {
  const abort = new AbortController();
  let looked: Promise<void> | undefined;
  const run = createExec({ signal: abort.signal }).run({
    program: "bash",
    args: ["-c", script],
    onLine: (line) => {
      looked = look(Number(line)).finally(() => abort.abort("SIGTERM"));
    },
  });
  await expect(run).rejects.toThrow();
  await looked;
}

test("a process started once, and one that nobody has never did", async () => {
  const started = await startTime(process.pid);
  expect(Number(started) / 100).toBeLessThanOrEqual(uptime());
  expect(await startTime(process.pid)).toBe(started);
  expect(await startTime(nobody)).toBeUndefined();
});

test("a program's name may hold parentheses and spaces", async () => {
  await lookAt("echo 'a) Z (b' >/proc/$$/comm; echo $$; sleep 60; :", async (pid) => {
    expect(await startTime(pid)).toMatch(/^\d+$/);
  });
});

test("a process that only waits to be collected runs no more", async () => {
  // `exec` puts a program in the shell's place that collects nobody; the child ends after that.
  const child = "until read -r name </proc/$PPID/comm && [[ $name == sleep ]]; do :; done";
  await lookAt(`bash -c '${child}' & echo $!; exec sleep 60`, async (pid) => {
    await until(async () => (await startTime(pid)) === undefined);
    expect(existsSync(`/proc/${pid}`)).toBe(true);
  });
});

test("a start of the machine and a pid namespace have names", async () => {
  expect(await bootId()).toMatch(/^[0-9a-f-]{36}$/);
  expect(await pidNamespace()).toMatch(/^\d+$/);
});
