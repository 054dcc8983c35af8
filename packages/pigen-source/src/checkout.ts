/** A directory that holds pi-gen and may be built with. */
export interface Checkout {
  readonly path: string;
  /** The pin's commit, which it is, byte for byte; undefined for PIGEN_DIR's, used as it is. */
  readonly commit: string | undefined;
}
