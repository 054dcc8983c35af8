import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
// biome-ignore lint/style/noRestrictedImports: a lock is a child process that outlives one `run`
import { execa } from "execa";
import { PibuildError } from "../errors/pibuild-error.ts";
import { findProgram, requirePrograms } from "../exec/find-program.ts";

export interface LockOptions {
  /** Called where the lock is not free at once. */
  readonly onWait?: () => void | Promise<void>;
  readonly signal?: AbortSignal | undefined;
  /** Whether others may hold it as well that ask for it so. */
  readonly shared?: boolean;
}

/**
 * Takes a lock on a file (made where it does not exist) and holds it until disposal.
 * The holder is `flock FILE cat`, so the kernel frees the lock when this process dies, whatever
 * the way, and in whichever pid namespace it lives. It is in a session of its own: Ctrl-C must
 * not free the lock while this process still cleans up. An abort ends the waiting alone, with
 * INTERRUPTED.
 */
export async function acquireLock(
  path: string,
  { onWait = () => {}, signal, shared = false }: LockOptions = {},
): Promise<AsyncDisposable> {
  const kind = shared ? "--shared" : "--exclusive";
  const immediate = await holder(path, [kind, "--nonblock"]);
  if (immediate !== undefined) return immediate;
  await onWait();
  const lock = await holder(path, [kind], signal);
  if (lock !== undefined) return lock;
  if (signal?.aborted) throw new PibuildError("INTERRUPTED", { signal: String(signal.reason) });
  throw new Error(`lost lock ${path}`);
}

/** The lock for oneself if nobody holds it, else undefined, at once. */
export async function tryLock(path: string): Promise<AsyncDisposable | undefined> {
  return holder(path, ["--exclusive", "--nonblock"]);
}

async function holder(
  path: string,
  options: readonly string[],
  signal?: AbortSignal,
): Promise<AsyncDisposable | undefined> {
  requirePrograms(["flock", "cat"]);
  await mkdir(dirname(path), { recursive: true });
  const child = execa(
    findProgram("flock") ?? "flock",
    [...options, path, findProgram("cat") ?? "cat"],
    {
      reject: false,
      stderr: "ignore",
      buffer: false,
      detached: true,
    },
  );
  child.stdin.on("error", () => {});
  child.stdin.write("held\n");
  const stopWaiting = () => child.kill();
  signal?.addEventListener("abort", stopWaiting);
  const held = await new Promise<boolean>((resolve) => {
    child.stdout.once("data", () => resolve(true));
    void child.then(() => resolve(false));
    if (signal?.aborted) stopWaiting();
  });
  signal?.removeEventListener("abort", stopWaiting);
  if (!held) return undefined;
  return {
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await child;
    },
  };
}
