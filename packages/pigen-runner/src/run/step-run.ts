import type { Fetch, RunDirectory, Sha256 } from "@pibuild/core";
import type { FingerprintData, LayerStack, Stays } from "@pibuild/layers";
import type { Step } from "@pibuild/pigen-stages";
import type { Redirection } from "@pibuild/twin";
import type { Relay } from "./own-network.ts";

/** One step with all that running it needs. */
export interface StepRun {
  readonly step: Step;
  readonly fingerprint: Sha256;
  readonly inputs: FingerprintData;
  /** Why the layer will stay on this machine. */
  readonly stays: Stays | undefined;
  /** What it fetches besides packages. */
  readonly fetches: readonly Fetch[];
  /** It may read files that its inputs do not have. */
  readonly readsBeyond: boolean;
  /** The layers below, bottom first. */
  readonly below: readonly Sha256[];
  /** The same, mounted. */
  readonly stack: LayerStack;
  readonly runDirectory: RunDirectory;
  /** Undefined where all of the step is emulated. */
  readonly twin: Redirection | undefined;
  /** Undefined where the run has no package proxy. */
  readonly relay: Relay | undefined;
  /** Whether the step's inputs are still those of the fingerprint. */
  readonly unchanged: () => Promise<boolean>;
}
