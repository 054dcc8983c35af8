import type { Network } from "./network.ts";
import type { Rights } from "./rights.ts";

/** A directory or file of this machine, or a volume of the engine's, inside a container. */
export interface Mount {
  readonly type: "bind" | "volume";
  readonly source: string;
  readonly target: string;
  readonly readonly?: boolean;
}

/** A container as it is started. */
export interface ContainerRequest {
  readonly name: string;
  readonly image: string;
  readonly entrypoint: string;
  readonly args: readonly string[];
  readonly network: Network;
  readonly rights?: Rights;
  readonly mounts?: readonly Mount[];
  /** Variables by value, or undefined for the value that the engine's client has: no list of processes shows it. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Whether it gets this process's standard input, and whether that is a terminal. */
  readonly input?: "none" | "pipe" | "terminal";
}

/** The arguments of `docker run`, or of `podman run`. */
export function runArguments(request: ContainerRequest): string[] {
  const { name, image, entrypoint, args, network, rights, mounts = [], cwd } = request;
  return [
    ...["run", "--name", name, "--network", network.name],
    ...(request.input === "terminal" ? ["--interactive", "--tty"] : []),
    ...(request.input === "pipe" ? ["--interactive"] : []),
    ...Object.entries(request.labels ?? {}).flatMap(([key, value]) => [
      "--label",
      `${key}=${value}`,
    ]),
    ...(rights?.args ?? []),
    ...mounts.flatMap((mount) => ["--mount", mountArgument(mount)]),
    ...Object.entries(request.variables ?? {}).flatMap(([key, value]) => [
      "--env",
      value === undefined ? key : `${key}=${value}`,
    ]),
    ...(cwd === undefined ? [] : ["--workdir", cwd]),
    ...["--entrypoint", entrypoint, image, ...args],
  ];
}

/** One line of CSV, as the engines read it: a path may hold a comma or a quote. */
function mountArgument({ type, source, target, readonly }: Mount): string {
  return [`type=${type}`, `source=${source}`, `target=${target}`, ...(readonly ? ["readonly"] : [])]
    .map((field) => (/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field))
    .join(",");
}
