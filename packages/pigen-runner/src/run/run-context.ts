import type { Image } from "@pibuild/config";
import type { Emit, Exec } from "@pibuild/core";
import type { Store } from "@pibuild/layers";
import type { TwinChoice } from "../twin/twin-variable.ts";
import type { HostDirectories } from "./host-directories.ts";

/** What every part of a run needs to know. */
export interface RunContext {
  readonly workspace: string;
  readonly image: Image;
  /** Variables for scripts, complete: see `stepVariables`. */
  readonly variables: Readonly<Record<string, string>>;
  readonly directories: HostDirectories;
  readonly store: Store;
  readonly exec: Exec;
  readonly emit: Emit;
  /** Whether arm64 programs may be redirected to the twin's. It must not change a layer. */
  readonly twin: TwinChoice;
  /** Bytes of memory that what a step writes may take; undefined: half of what is available. */
  readonly stepMemory: number | undefined;
  /** The stage after which pi-gen's build.sh stops; undefined: after the last, with an image. */
  readonly upstreamUntil: string | undefined;
  /** Where logs of steps go. */
  readonly logs: string;
}
