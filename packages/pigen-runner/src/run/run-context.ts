import type { Emit, Exec } from "@pibuild/core";
import type { HostDirectories } from "@pibuild/host";
import type { Scratch, Store } from "@pibuild/layers";
import type { TwinChoice } from "@pibuild/twin";
import type { RunSpec } from "./run-spec.ts";

/** A step's tree, mounted, and of it what the step changed. */
export interface ChangedTree {
  readonly root: string;
  readonly changes: string;
}

/** What every part of a run needs to know. */
export interface RunContext {
  readonly spec: RunSpec;
  readonly directories: HostDirectories;
  readonly store: Store;
  readonly scratch: Scratch;
  readonly exec: Exec;
  readonly emit: Emit;
  /** Whether arm64 programs may be redirected to the twin's. It must not change a layer. */
  readonly twin: TwinChoice;
  /** Bytes of memory that what a step writes may take; undefined: half of what is available. */
  readonly stepMemory: number | undefined;
  /** Throws LAYOUT_INVALID where what is made of the tree at `root` cannot hold a step's changes. */
  readonly checkTree?: (tree: ChangedTree) => Promise<void>;
  /** A command of pibuild as a person types it for the same layers as these; for hints. */
  readonly call: (words: readonly string[]) => string;
  /** Where logs of steps go. */
  readonly logs: string;
  /** The build that this run is a part of: in it, a step that always runs does so once. */
  readonly build?: string | undefined;
}
