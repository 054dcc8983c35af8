import type { Stage } from "../stage/stage.ts";

/** Stages that are built one upon the other. */
export interface StageList {
  readonly stages: readonly Stage[];
  /** Stages that finish an image, outside of the order. */
  readonly exports: readonly Stage[];
  /**
   * Whether pi-gen itself is to build the list: stages that were given by directory, and those of
   * an image with stages of pi-gen's own. Images of pibuild's stages need no EXPORT_IMAGE, and
   * their order is written down.
   */
  readonly forPigen: boolean;
}
