import { type Command, type CommandResult, createExec } from "@pibuild/core";
import { type EngineName, engineEnvironment } from "@pibuild/host";

/** How a call differs from one that is waited for in silence. */
export type CallOptions = Pick<
  Command,
  "allowExit" | "onLine" | "logFile" | "holdInput" | "interactive"
> & {
  /** Variables of the client besides the caller's, which no list of processes shows. */
  readonly env?: Readonly<Record<string, string>>;
  /** An abort does not end it: for what stops and removes, and for what is stopped by such. */
  readonly uninterrupted?: boolean;
};

/** A container engine's own client. Docker and Podman take the same arguments for all that is used here. */
export interface Engine {
  readonly name: EngineName;
  call(args: readonly string[], options?: CallOptions): Promise<CommandResult>;
}

/** The engine of that name, with the caller's environment: it says where the engine is. */
export function openEngine(name: EngineName, env: NodeJS.ProcessEnv, signal?: AbortSignal): Engine {
  const interruptible = createExec(signal ? { signal } : {});
  const uninterrupted = createExec();
  const variables = engineEnvironment(env);
  return {
    name,
    call(args, { uninterrupted: alone = false, env: own = {}, ...options } = {}) {
      const exec = alone ? uninterrupted : interruptible;
      return exec.run({ program: name, args, env: { ...variables, ...own }, ...options });
    },
  };
}

/** The one object that `inspect` prints for a name; undefined where there is none of that name. */
export async function inspect(
  engine: Engine,
  kind: "image" | "container" | "network",
  name: string,
): Promise<unknown> {
  const { exitCode, stdout } = await engine.call([kind, "inspect", name], {
    // Docker says 1, Podman 125.
    allowExit: [1, 125],
    uninterrupted: true,
  });
  return exitCode === 0 ? (JSON.parse(stdout) as unknown[])[0] : undefined;
}
