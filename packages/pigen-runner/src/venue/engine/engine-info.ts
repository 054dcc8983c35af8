import type { EngineName } from "./engine.ts";

/** What an engine says of itself. */
export interface EngineInfo {
  readonly version: string;
  /** Of the machine that containers run on, in Node's words. */
  readonly arch: string;
  /** Of that machine, in bytes. */
  readonly memoryBytes: number;
  readonly rootless: boolean;
  /** Another engine has another. */
  readonly id: string;
}

/** The format that makes the engine print what `readInfo` reads. */
export const infoFormat: Readonly<Record<EngineName, string>> = {
  docker: "{{json .}}",
  podman: "json",
};

const architectures: Readonly<Record<string, string>> = {
  x86_64: "x64",
  amd64: "x64",
  aarch64: "arm64",
  arm64: "arm64",
};

interface DockerInfo {
  readonly ID?: string;
  readonly ServerVersion?: string;
  readonly Architecture?: string;
  readonly MemTotal?: number;
  readonly SecurityOptions?: readonly string[];
  readonly ServerErrors?: readonly string[];
}

interface PodmanInfo {
  readonly host?: {
    readonly arch?: string;
    readonly memTotal?: number;
    readonly security?: { readonly rootless?: boolean };
  };
  readonly store?: { readonly graphRoot?: string };
  readonly version?: { readonly Version?: string };
}

/** Reads what `info` printed; or gives the reason why only the client answered. */
export function readInfo(
  name: EngineName,
  { stdout, stderr }: { readonly stdout: string; readonly stderr: string },
): EngineInfo | { readonly why: string } {
  const said = (stderr || stdout).trim().split("\n").at(-1) ?? "";
  if (!stdout.startsWith("{")) return { why: said };
  const document = JSON.parse(stdout) as DockerInfo & PodmanInfo;
  if (name === "docker") {
    const { ServerErrors: errors = [], SecurityOptions: security } = document;
    const { ServerVersion: server } = document;
    // Clients before and after 28 tell of a missing server in different places.
    if (server === undefined || server === "") return { why: errors[0] ?? said };
    return {
      version: server,
      arch: archOf(document.Architecture),
      memoryBytes: document.MemTotal ?? 0,
      rootless: (security ?? []).some((option) => option.startsWith("name=rootless")),
      id: document.ID ?? "",
    };
  }
  const { host, store, version } = document;
  return {
    version: version?.Version ?? "",
    arch: archOf(host?.arch),
    memoryBytes: host?.memTotal ?? 0,
    rootless: host?.security?.rootless === true,
    id: store?.graphRoot ?? "",
  };
}

function archOf(name = ""): string {
  return architectures[name] ?? name;
}
