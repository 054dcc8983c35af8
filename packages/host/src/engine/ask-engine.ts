import { existsSync } from "node:fs";
import { createExec, findProgram, isPibuildError } from "@pibuild/core";
import type { EngineAnswer, EngineName } from "./engine.ts";
import { parseEngine } from "./parse-engine.ts";

/** How long a daemon may take to answer, in milliseconds: dead addresses never do. */
const limitMs = 30_000;

/**
 * Asks Docker or Podman, with the caller's choice of a daemon in `env`. Starts nothing. Throws
 * INTERRUPTED where `signal` aborts.
 */
export async function askEngine(
  name: EngineName,
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<EngineAnswer> {
  if (!existsSync(findProgram(name) ?? "")) return { state: "absent" };
  const limit = AbortSignal.any([AbortSignal.timeout(limitMs), ...(signal ? [signal] : [])]);
  try {
    const printed = await createExec({ signal: limit }).run({
      program: name,
      // Docker before 23 takes `json` for a text to print.
      args: ["info", "--format", "{{json .}}"],
      env: engineEnvironment(env),
      // Some releases print what they know of themselves and end well, daemon or not.
      allowExit: [1, 125],
    });
    return parseEngine(name, printed);
  } catch (error) {
    if (isPibuildError(error, "INTERRUPTED") && !signal?.aborted) {
      return { state: "silent", why: `no answer in ${limitMs / 1000} s` };
    }
    if (!isPibuildError(error, "COMMAND_FAILED")) throw error;
    return { state: "silent", why: error.data.tail.at(-1) ?? error.message };
  }
}

/** The caller's variables: which daemon is meant, and where its settings are, is said by many. */
export function engineEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
