import type { Emit, RunDirectory, Sha256 } from "@pibuild/core";

/**
 * Where builds of this machine work, whatever the store: on one filesystem with the local store, so
 * that a finished layer is renamed into it. Throws STORE_UNUSABLE where nothing can be made there.
 */
export interface Scratch {
  /** Makes the place, for its owner alone: what lies there may hold secrets. */
  prepare(): Promise<void>;
  /** What its filesystem has left, also before it is made. */
  free(): Promise<FreeSpace>;
  /** Makes the directory of a run; it goes away with the run. */
  openRun(): Promise<RunDirectory>;
  /** Keeps others from emptying the store meanwhile; a store that can only be read needs none of that. */
  hold(): Promise<AsyncDisposable>;
  /** How many runs there are now. */
  countRuns(): Promise<number>;
  /** Waits until no run uses the store, and keeps new ones away. `onWait` gets what is known of those. */
  reserve(
    onWait: (runs: readonly string[]) => void,
    signal?: AbortSignal,
  ): Promise<AsyncDisposable>;
  /** Removes what killed runs left. */
  sweep(emit?: Emit): Promise<void>;
  /** Holds the making of what a key stands for: no two builds make one thing at a time. */
  lock(key: Sha256, onWait: () => void): Promise<AsyncDisposable>;
  /**
   * The file into which a download of these bytes goes; its directory is there. It goes on with what a
   * killed run left in it. Who holds `lock` of the same digest has it for itself.
   */
  download(digest: Sha256): Promise<string>;
  /** The directory for the state of an image's last failed step. It need not exist. */
  failed(image: string): string;
  /** The directory in which pi-gen's build.sh works on an image. It need not exist. */
  upstream(image: string): string;
}

export interface FreeSpace {
  /** As a person named it. */
  readonly path: string;
  readonly freeBytes: number;
}
