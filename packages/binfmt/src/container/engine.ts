import { existsSync } from "node:fs";
import {
  type CommandResult,
  type Exec,
  findProgram,
  isPibuildError,
  PibuildError,
} from "@pibuild/core";

export const engineNames = ["docker", "podman"] as const;
export type EngineName = (typeof engineNames)[number];

/** A container engine that has answered. */
export interface Engine {
  readonly name: EngineName;
  run(args: readonly string[], allowExit?: readonly number[]): Promise<CommandResult>;
}

/** What tells an engine's command where its daemon and its settings are. */
const variables = [
  "DOCKER_HOST",
  "DOCKER_CONTEXT",
  "DOCKER_CONFIG",
  "DOCKER_TLS_VERIFY",
  "DOCKER_CERT_PATH",
  "CONTAINER_HOST",
  "CONTAINERS_CONF",
  "XDG_RUNTIME_DIR",
  "XDG_CONFIG_HOME",
  "XDG_DATA_HOME",
];

/** A question that only a running engine answers. */
const questions = {
  docker: ["version", "--format", "{{.Server.Version}}"],
  podman: ["info", "--format", "{{.Version.Version}}"],
} as const;

/**
 * The engine that is asked for, or the first of docker and podman that answers. Throws
 * ENV_ENGINE_UNREACHABLE, before anything else is tried.
 */
export async function findEngine(
  exec: Exec,
  env: NodeJS.ProcessEnv,
  wanted?: EngineName,
): Promise<Engine> {
  const candidates = wanted === undefined ? engineNames : [wanted];
  const installed = candidates.filter((name) => existsSync(findProgram(name) ?? ""));
  let silence: PibuildError | undefined;
  for (const name of installed) {
    const engine = engineOf(exec, env, name);
    try {
      await engine.run(questions[name]);
      return engine;
    } catch (error) {
      if (!isPibuildError(error, "COMMAND_FAILED")) throw error;
      const detail = errorLine(error.data.tail) ?? error.message;
      silence ??= new PibuildError("ENV_ENGINE_UNREACHABLE", { engine: name, detail });
    }
  }
  const engine = wanted ?? "docker";
  const detail =
    wanted === undefined ? "neither it nor podman is installed" : "it is not installed";
  throw silence ?? new PibuildError("ENV_ENGINE_UNREACHABLE", { engine, detail });
}

/** The line of an engine's output that says what went wrong; others give advice and warnings. */
export function errorLine(lines: readonly string[]): string | undefined {
  const said = lines.filter((line) => line.trim() !== "" && !line.includes("level=warning"));
  return said.find((line) => /\b(error|cannot)\b/i.test(line)) ?? said.at(-1);
}

function engineOf(exec: Exec, env: NodeJS.ProcessEnv, name: EngineName): Engine {
  const passed = Object.fromEntries(
    variables.flatMap((key) => (env[key] === undefined ? [] : [[key, env[key]]])),
  );
  return {
    name,
    run: (args, allowExit = []) => exec.run({ program: name, args, env: passed, allowExit }),
  };
}
