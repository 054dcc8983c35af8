import { consoleText } from "./console-text.ts";
import type { ProgramAnswer } from "./facts.ts";

/** Docker on this machine. `stopped`: the command is there, and nothing answers it. */
export type Docker =
  | { readonly state: "absent" }
  | { readonly state: "stopped"; readonly detail: string }
  | {
      readonly state: "running";
      /** Docker Desktop runs containers in a machine of its own: paths have other names there. */
      readonly isDesktop: boolean;
      /** Docker Desktop on Windows may be switched to containers of Windows. */
      readonly containers: "linux" | "windows";
    };

/** What `docker info --format "{{json .}}"` said. */
export function readDocker(info: ProgramAnswer | undefined): Docker {
  if (info === undefined) return { state: "absent" };
  const text = consoleText(info.output);
  // Warnings may stand around the one line that is the document.
  const line = text.split("\n").find((one) => one.startsWith("{"));
  const document = line === undefined ? undefined : parsed(line);
  const { OSType, OperatingSystem, ServerErrors } = document ?? {};
  if (typeof OSType !== "string" || OSType === "") {
    const errors = Array.isArray(ServerErrors) ? ServerErrors.map(String) : [];
    const detail = errors[0] ?? text.trim().split("\n")[0];
    return { state: "stopped", detail: detail || `docker info exited with ${info.exitCode}` };
  }
  return {
    state: "running",
    isDesktop: String(OperatingSystem).startsWith("Docker Desktop"),
    containers: OSType === "windows" ? "windows" : "linux",
  };
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    // Cut short or no document at all: then nothing is known of a server.
    return undefined;
  }
}
