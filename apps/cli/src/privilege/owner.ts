import { existsSync } from "node:fs";
import type { Socket } from "node:net";
import { startTime } from "@pibuild/core";
import { ownerAtInput } from "@pibuild/venue";

/** How often a process looks for its owner, in milliseconds. */
const interval = 500;

/** The owners of a process that this one starts: this one, and those that it has itself. */
export async function ownersBelow(owner: string | undefined): Promise<string> {
  const own = await thisProcess();
  return owner === undefined ? own : `${owner},${own}`;
}

/** This process as a name that no other process will have: its number and when it started. */
export async function thisProcess(): Promise<string> {
  return `${process.pid} ${await startTime(process.pid)}`;
}

/** How a process's owner has it end. */
export interface BuildOwner {
  /**
   * From `thisProcess`, or `ownerAtInput` for one who holds this process's standard input open; several
   * with commas between them, of which none may end. Without one nothing is watched.
   */
  readonly owner: string | undefined;
  /** A file that the owner makes when it wants an end. */
  readonly stopFile: string | undefined;
}

/**
 * Calls back when the process that a build belongs to is gone, or asks for an end. Nx gives its
 * tasks a life of their own and hands no signal on to them, and neither sudo nor a container dies with
 * its caller: without this, a build that is stopped would go on unseen.
 */
export function watchOwner({ owner, stopFile }: BuildOwner, onEnd: (reason: string) => void): void {
  for (const each of owner?.split(",") ?? []) watchOne({ owner: each, stopFile }, onEnd);
}

function watchOne({ owner, stopFile }: BuildOwner, onEnd: (reason: string) => void): void {
  if (owner === ownerAtInput) {
    process.stdin.on("end", () => onEnd("SIGHUP")).resume();
    // It must not keep a process alive that has nothing else to do.
    (process.stdin as Partial<Socket>).unref?.();
    return;
  }
  const [pid, started] = owner?.split(" ") ?? [];
  if (pid === undefined || started === undefined) return;
  const timer = setInterval(async () => {
    const stopped = stopFile !== undefined && existsSync(stopFile);
    if (!stopped && (await startTime(Number(pid))) === started) return;
    clearInterval(timer);
    onEnd(stopped ? "SIGTERM" : "SIGHUP");
  }, interval);
  timer.unref();
}
