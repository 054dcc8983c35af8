/** The programs that run containers, in the order in which they are tried. */
export const engineNames = ["docker", "podman"] as const;
export type EngineName = (typeof engineNames)[number];

/** What an engine that answers says of itself. */
export interface EngineFacts {
  readonly version: string;
  readonly rootless: boolean;
  /** Of the machine that runs the containers, in Node's words; on macOS and Windows a virtual one. */
  readonly arch: string;
  readonly cpus: number;
  /** In bytes. */
  readonly memory: number;
  /** As the engine names the system: `Docker Desktop`, `Debian GNU/Linux 13 (trixie)`. */
  readonly system: string;
  /** Docker Desktop on Windows may be switched to containers of Windows. */
  readonly containers: "linux" | "windows";
  /** Another engine has another. */
  readonly id: string;
}

/** What came of asking one. */
export type EngineAnswer =
  | { readonly state: "absent" }
  /** Installed, but what runs the containers does not answer. */
  | { readonly state: "silent"; readonly why: string }
  | ({ readonly state: "answers" } & EngineFacts);
