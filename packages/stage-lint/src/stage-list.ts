import type { Stage } from "@pibuild/pigen-stages";

/** Stages that are built one upon the other. */
export interface StageList {
  readonly order: readonly Stage[];
  /**
   * The stages that are held against every rule: those in order and those that finish an image,
   * but for stages of pi-gen's own that an image uses, as nobody here could change them.
   */
  readonly judged: readonly Stage[];
  /**
   * Whether pi-gen itself is to build the list: stages that were given by directory, and those of
   * an image with stages of pi-gen's own. Images of pibuild's stages need no EXPORT_IMAGE, and
   * their order is written down.
   */
  readonly forPigen: boolean;
  /** Whether pi-gen would find the stages by their names: of directories nobody said the order. */
  readonly byName: boolean;
  /** An image whose order cannot be checked, because its pi-gen has not been fetched. */
  readonly unordered?: string;
}
