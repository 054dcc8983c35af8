import type { EngineAnswer, EngineName } from "./engine.ts";

/** What a program printed to its two streams. */
export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
}

/** Reads what `info` printed: JSON, or words for people where only the client answered. */
export function parseEngine(name: EngineName, { stdout, stderr }: Printed): EngineAnswer {
  const document = parsed(stdout);
  const said = errorLine((stderr || stdout).split("\n")) ?? "";
  // Clients before and after 28 tell of a missing server in different places.
  const why = document?.ServerErrors?.[0] ?? said;
  return (name === "docker" ? docker(document) : podman(document)) ?? { state: "silent", why };
}

/** The line of an engine's output that says what went wrong; others give advice and warnings. */
export function errorLine(lines: readonly string[]): string | undefined {
  const said = lines.map((line) => line.trim()).filter((line) => !/^$|level=warning/.test(line));
  return said.find((line) => /\b(error|cannot)\b(?! pretty)/i.test(line)) ?? said.at(-1);
}

function docker(info: DockerInfo = {}): EngineAnswer | undefined {
  if (!info.ServerVersion) return undefined;
  return {
    state: "answers",
    version: info.ServerVersion,
    rootless: (info.SecurityOptions ?? []).some((option) => option.startsWith("name=rootless")),
    arch: archOf(info.Architecture),
    cpus: info.NCPU ?? 0,
    memory: info.MemTotal ?? 0,
    system: info.OperatingSystem ?? "",
    containers: info.OSType === "windows" ? "windows" : "linux",
    id: info.ID ?? "",
  };
}

function podman({ host, version, store }: PodmanInfo = {}): EngineAnswer | undefined {
  if (host?.cpus === undefined) return undefined;
  return {
    state: "answers",
    version: version?.Version ?? "of no known version",
    rootless: host.security?.rootless === true,
    arch: archOf(host.arch),
    cpus: host.cpus,
    memory: host.memTotal ?? 0,
    system: host.distribution?.distribution ?? "",
    containers: "linux",
    id: store?.graphRoot ?? "",
  };
}

const architectures: Readonly<Record<string, string>> = {
  x86_64: "x64",
  amd64: "x64",
  aarch64: "arm64",
};

function archOf(name = ""): string {
  return architectures[name] ?? name;
}

/** The parts that are read of `docker info --format "{{json .}}"`. */
interface DockerInfo {
  readonly ID?: string;
  readonly ServerVersion?: string;
  readonly ServerErrors?: readonly string[];
  readonly SecurityOptions?: readonly string[] | null;
  readonly Architecture?: string;
  readonly NCPU?: number;
  readonly MemTotal?: number;
  readonly OperatingSystem?: string;
  readonly OSType?: string;
}

/** The parts that are read of the same of Podman. */
interface PodmanInfo {
  readonly version?: { readonly Version?: string };
  readonly store?: { readonly graphRoot?: string };
  readonly host?: {
    readonly arch?: string;
    readonly cpus?: number;
    readonly memTotal?: number;
    readonly security?: { readonly rootless?: boolean };
    readonly distribution?: { readonly distribution?: string };
  };
}

function parsed(text: string): (DockerInfo & PodmanInfo) | undefined {
  // Warnings may stand around the document.
  const [from, to] = [text.indexOf("{"), text.lastIndexOf("}")];
  try {
    return JSON.parse(text.slice(from, to + 1)) as DockerInfo & PodmanInfo;
  } catch {
    // Not JSON: a message for people, or another program of that name.
    return undefined;
  }
}
