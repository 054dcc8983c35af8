import { createExec, isPibuildError } from "@pibuild/core";

export type EngineName = "docker" | "podman";

/** What a program that runs containers says of itself. */
export type Engine =
  | { readonly state: "absent" }
  /** Installed, but what runs the containers does not answer. */
  | { readonly state: "silent"; readonly why: string }
  | {
      readonly state: "answers";
      readonly version: string;
      readonly rootless: boolean;
      /** Of the machine that runs the containers; on macOS and Windows a virtual one. */
      readonly cpus: number;
      readonly memory: number;
      /** As Docker names the system: `Docker Desktop`, `Debian GNU/Linux 13 (trixie)`. */
      readonly system: string;
    };

/** How long a daemon may take to answer, in milliseconds. */
const patience = 15_000;

/** Variables that say which daemon is meant, and where a user's own one is. */
const variables = [
  ...["DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"],
  ...["CONTAINER_HOST", "CONTAINER_CONNECTION", "CONTAINERS_CONF"],
  ...["XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "DBUS_SESSION_BUS_ADDRESS"],
  ...["USERPROFILE", "APPDATA", "LOCALAPPDATA", "ProgramData", "SystemRoot"],
];

/** Asks Docker or Podman, with the caller's choice of a daemon. Starts nothing. */
export async function readEngine(
  name: EngineName,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Engine> {
  const timeout = AbortSignal.timeout(patience);
  const exec = createExec({ signal: AbortSignal.any([signal, timeout]) });
  try {
    const { stdout, stderr } = await exec.run({
      program: name,
      // Docker before 23 takes `json` for a text to print.
      args: ["info", "--format", "{{json .}}"],
      env: Object.fromEntries(variables.flatMap((key) => (env[key] ? [[key, env[key]]] : []))),
      // Some releases print what they know of themselves and end well, daemon or not.
      allowExit: [1, 125],
    });
    return parseEngine(name, stdout, stderr);
  } catch (error) {
    if (isPibuildError(error, "ENV_TOOL_MISSING")) return { state: "absent" };
    if (isPibuildError(error, "INTERRUPTED") && !signal.aborted) {
      return { state: "silent", why: `no answer in ${patience / 1000} s` };
    }
    if (!isPibuildError(error, "COMMAND_FAILED")) throw error;
    return { state: "silent", why: error.data.tail.at(-1) ?? error.message };
  }
}

/** What `info` says as JSON, and to people where it says nothing of a server. */
export function parseEngine(name: EngineName, text: string, toPeople: string): Engine {
  const data = parse(text.slice(text.indexOf("{")));
  const why = data?.ServerErrors?.[0] ?? toPeople.trim().split("\n").at(-1) ?? "";
  if (name === "podman") {
    const { host, version } = data ?? {};
    if (host?.cpus === undefined) return { state: "silent", why };
    return {
      state: "answers",
      version: String(version?.Version ?? "of no known version"),
      rootless: host.security?.rootless === true,
      cpus: host.cpus,
      memory: host.memTotal ?? 0,
      system: String(host.distribution?.distribution ?? ""),
    };
  }
  if (!data?.ServerVersion) return { state: "silent", why };
  return {
    state: "answers",
    version: String(data.ServerVersion),
    rootless: (data.SecurityOptions ?? []).includes("name=rootless"),
    cpus: data.NCPU ?? 0,
    memory: data.MemTotal ?? 0,
    system: String(data.OperatingSystem ?? ""),
  };
}

/** The parts that are read of both documents. */
interface Info {
  readonly ServerVersion?: string;
  readonly ServerErrors?: readonly string[];
  readonly SecurityOptions?: readonly string[] | null;
  readonly NCPU?: number;
  readonly MemTotal?: number;
  readonly OperatingSystem?: string;
  readonly version?: { readonly Version?: string };
  readonly host?: {
    readonly cpus?: number;
    readonly memTotal?: number;
    readonly security?: { readonly rootless?: boolean };
    readonly distribution?: { readonly distribution?: string };
  };
}

function parse(text: string): Info | undefined {
  try {
    return JSON.parse(text) as Info;
  } catch {
    // Not JSON: a message for people, or another program of that name.
    return undefined;
  }
}
