import { formatBytes } from "@pibuild/core";
import type { EngineFacts, EngineName } from "@pibuild/host";
import type { Host } from "../host/host.ts";
import type { CheckContext, CheckResult } from "./check.ts";
import { isSmall } from "./small-machine.ts";

/** How people call an engine, and what helps where something is wrong with it. */
export interface EngineWords {
  readonly label: string;
  readonly install: string;
  readonly start: (host: Host, why: string) => string;
  readonly enlarge: (host: Host) => string;
  readonly rootful: string;
}

/**
 * What one of two engines is good for. On Linux steps run on the machine itself; elsewhere one of the two
 * has to answer, as root in its own machine.
 */
export async function examineEngine(
  { host }: CheckContext,
  name: EngineName,
  other: EngineName,
  words: EngineWords,
): Promise<CheckResult> {
  const engine = await host.engine(name);
  if (engine.state === "answers") return judge(engine, host, words);
  const native = host.platform === "linux";
  const spared = native || (await host.engine(other)).state === "answers";
  if (engine.state === "absent") {
    return spared
      ? {
          status: "ok",
          detail: `not installed; ${native ? stepsRunHere : other}`,
        }
      : { status: "fail", detail: "not installed", fix: words.install };
  }
  const fix = words.start(host, engine.why);
  return { status: spared ? "warn" : "fail", detail: `does not answer: ${engine.why}`, fix };
}

/**
 * Podman on Linux, where steps run without it. It is not asked: whatever it is asked, it mounts its
 * storage and makes directories in /run.
 */
export async function examineUnasked({ host }: CheckContext): Promise<CheckResult> {
  const there = host.program("podman") === undefined ? "not installed" : "installed";
  return { status: "ok", detail: `${there}; ${stepsRunHere}` };
}

const stepsRunHere = "steps run on this machine itself";

function judge(
  engine: EngineFacts,
  host: Host,
  { label, enlarge, rootful }: EngineWords,
): CheckResult {
  const kind = engine.rootless ? "rootless" : "as root";
  const virtual = host.platform !== "linux" || engine.system.includes(label);
  const size = `${engine.cpus} CPUs, ${formatBytes(engine.memory)}`;
  const detail = `${engine.version}, ${kind}${virtual ? `, ${size}` : ""}`;
  if (virtual && isSmall(engine)) {
    return { status: "warn", detail: `${detail}: builds are slow in it`, fix: enlarge(host) };
  }
  if (!engine.rootless) return { status: "ok", detail };
  if (host.platform === "linux") {
    return {
      status: "ok",
      detail: `${detail}: cannot mount layers, so ${stepsRunHere}`,
    };
  }
  return { status: "warn", detail: `${detail}: cannot mount layers`, fix: rootful };
}
