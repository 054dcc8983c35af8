import { existsSync } from "node:fs";
import { availableParallelism, release, totalmem } from "node:os";
import { type Exec, findCommand } from "@pibuild/core";
import { askEngine } from "@pibuild/host";
import { isRoot } from "../privilege/re-exec.ts";
import { ask } from "./ask.ts";
import type { Host } from "./host.ts";
import { readKernelParts } from "./kernel.ts";
import { namespacesRefused } from "./namespaces.ts";
import { overlayRefused } from "./overlay.ts";
import { tellsCase } from "./tells-case.ts";
import { readVolume } from "./volume.ts";
import { readWindows } from "./windows.ts";
import { readOwnWsl } from "./wsl.ts";

/** This machine. Each server is asked once. */
export function openHost(exec: Exec, env: NodeJS.ProcessEnv, signal: AbortSignal): Host {
  const answers = new Map<string, ReturnType<typeof ask>>();
  return {
    platform: process.platform,
    arch: process.arch,
    release: release(),
    root: isRoot(),
    cpus: availableParallelism(),
    memory: Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY),
    now: Date.now,
    program: (name) => findCommand(name, env),
    async pageSize() {
      return Number((await exec.run({ program: "getconf", args: ["PAGESIZE"] })).stdout);
    },
    kernel: readKernelParts,
    async namespacesRefused() {
      if (existsSync("/proc/self") && !isRoot()) return undefined;
      return namespacesRefused(exec);
    },
    windows: () => readWindows(exec, env, (name) => findCommand(name, env)),
    wsl: () => readOwnWsl(env),
    volume: readVolume,
    tellsCase,
    overlayRefused: async (path) => (isRoot() ? overlayRefused(exec, path) : undefined),
    engine: (name) => askEngine(name, env, signal),
    ask(url, proxy) {
      const answer = answers.get(url) ?? ask(url, proxy, signal);
      answers.set(url, answer);
      return answer;
    },
  };
}
