import { type CommandResult, type Exec, PibuildError } from "@pibuild/core";
import { askEngine, type EngineName, engineEnvironment, engineNames } from "@pibuild/host";

/** A container engine that has answered. */
export interface Engine {
  readonly name: EngineName;
  run(args: readonly string[], allowExit?: readonly number[]): Promise<CommandResult>;
}

/**
 * The engine that is asked for, or the first of docker and podman that answers. Throws
 * ENV_ENGINE_UNREACHABLE, before anything else is tried.
 */
export async function findEngine(
  exec: Exec,
  env: NodeJS.ProcessEnv,
  wanted?: EngineName,
): Promise<Engine> {
  let silence: PibuildError | undefined;
  for (const name of wanted === undefined ? engineNames : [wanted]) {
    const answer = await askEngine(name, env);
    if (answer.state === "answers") return engineOf(exec, env, name);
    if (answer.state === "absent") continue;
    silence ??= new PibuildError("ENV_ENGINE_UNREACHABLE", { engine: name, detail: answer.why });
  }
  const engine = wanted ?? "docker";
  const detail =
    wanted === undefined ? "neither it nor podman is installed" : "it is not installed";
  throw silence ?? new PibuildError("ENV_ENGINE_UNREACHABLE", { engine, detail });
}

function engineOf(exec: Exec, env: NodeJS.ProcessEnv, name: EngineName): Engine {
  const passed = engineEnvironment(env);
  return {
    name,
    run: (args, allowExit = []) => exec.run({ program: name, args, env: passed, allowExit }),
  };
}
