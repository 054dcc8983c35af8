import { existsSync } from "node:fs";
import { join } from "node:path";
import { runNx } from "@pibuild/nx";
import { runTurbo } from "@pibuild/turbo";
import { runOwn } from "./run-own.ts";

/** What may order an image's tasks. What is fresh, pibuild decides, whoever asks. */
export const engines = {
  own: { run: runOwn, log: "own.log" },
  nx: { run: runNx, log: "nx.log" },
  turbo: { run: runTurbo, log: "turbo.log" },
} as const;

export type EngineName = keyof typeof engines;

/** Nx in a workspace that is one of Nx; pibuild itself needs nothing there. */
export function defaultEngine(workspace: string): EngineName {
  return existsSync(join(workspace, "nx.json")) ? "nx" : "own";
}
