import type { ConfigIssue } from "@pibuild/core";

/** What steps reach: the builder's network, or the build's package proxy and nothing else. */
export const networkNames = ["any", "packages"] as const;
type NetworkName = (typeof networkNames)[number];

/** What the steps of an image reach. */
export interface NetworkConfig {
  readonly default: NetworkName;
  /** What image.yaml says of single stages, and where. */
  readonly stages: readonly StageNetwork[];
}

interface StageNetwork {
  readonly stage: string;
  readonly network: NetworkName;
  /** An issue without words yet. */
  readonly at: ConfigIssue;
}
