import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { PibuildError } from "@pibuild/core";
import { type CallOptions, type Engine, inspect } from "../engine/engine.ts";
import { removeContainer } from "./leftovers.ts";
import { ownerLabels } from "./owner.ts";
import { type ContainerRequest, runArguments } from "./run-arguments.ts";

/** A container that has ended and is still there. */
export interface EndedContainer extends AsyncDisposable {
  readonly name: string;
  readonly exitCode: number;
  /**
   * Whether it ended by itself, for want of memory, because somebody else killed or removed it, or
   * was never started.
   */
  readonly fate: "ended" | "memory" | "killed" | "unstarted";
}

export type RunOptions = Pick<CallOptions, "onLine" | "logFile" | "interactive" | "env"> & {
  readonly signal?: AbortSignal | undefined;
  /** How long it may take to end after a stop, in seconds. */
  readonly grace?: number;
};

/** In milliseconds. */
const retryAfter = 200;

const anyExit = Array.from({ length: 256 }, (_, code) => code);

/**
 * Runs a container to its end. An abort stops it, waits, and throws INTERRUPTED. Disposal removes it.
 * Where this process is killed, its standard input ends (`input: "pipe"`), which it may watch; its
 * label says whose it is.
 */
export async function runContainer(
  engine: Engine,
  wanted: Omit<ContainerRequest, "name">,
  { signal, grace = 60, ...options }: RunOptions = {},
): Promise<EndedContainer> {
  const name = `pibuild-${randomBytes(6).toString("hex")}`;
  const remove = () => removeContainer(engine, name);
  const labels = { ...(await ownerLabels()), ...wanted.labels };
  let ended = false;
  let stopping = Promise.resolve();
  const stop = () => {
    stopping = stopContainer(engine, name, { grace, ended: () => ended });
  };
  signal?.throwIfAborted();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const { exitCode } = await engine.call(runArguments({ ...wanted, name, labels }), {
      ...options,
      holdInput: wanted.input === "pipe",
      allowExit: anyExit,
      uninterrupted: true,
    });
    ended = true;
    await stopping;
    if (signal?.aborted) throw new PibuildError("INTERRUPTED", { signal: String(signal.reason) });
    const state = (await inspect(engine, "container", name)) as ContainerState | undefined;
    return { name, exitCode, fate: fateOf(state, exitCode), [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  } finally {
    ended = true;
    signal?.removeEventListener("abort", stop);
  }
}

/** Stops a container, again where it is only just being made, until it has ended. */
async function stopContainer(
  engine: Engine,
  name: string,
  { grace, ended }: { readonly grace: number; readonly ended: () => boolean },
): Promise<void> {
  while (!ended()) {
    const { exitCode } = await engine.call(["stop", "--time", String(grace), name], {
      allowExit: anyExit,
      uninterrupted: true,
    });
    if (exitCode === 0) return;
    await setTimeout(retryAfter);
  }
}

/**
 * A container that is being removed may still be there. 137 is SIGKILL's, as a shell says it; 125
 * is an engine's own, for what it could not start (docker-run(1), podman-run(1)).
 */
function fateOf(state: ContainerState | undefined, exitCode: number): EndedContainer["fate"] {
  if (state === undefined && exitCode === 125) return "unstarted";
  if (state?.State?.OOMKilled === true) return "memory";
  return state === undefined || exitCode === 137 ? "killed" : "ended";
}

interface ContainerState {
  readonly State?: { readonly OOMKilled?: boolean };
}
