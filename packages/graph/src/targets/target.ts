import type { Image } from "@pibuild/config";
import type { Exec } from "@pibuild/core";
import type { LayerRecord } from "@pibuild/layers";
import type { OpenImage } from "../open/open-image.ts";
import type { ProducedFile } from "./manifest.ts";
import type { TargetInputs } from "./named-inputs.ts";

/**
 * A row of the registry: something that a build of an image brings up to date. Digests, `plan`, `why`,
 * the Nx project and the choices of the command line derive from these rows.
 */
export type Target = HostTarget | StageTarget | FileTarget | OnceTarget | GroupTarget;

interface Common {
  readonly name: string;
  /** In one sentence, for lists of tasks. */
  readonly brief: string;
  /** Targets that are up to date before this one begins. */
  readonly after: readonly string[];
  /** Whether it runs as root, in a mount namespace of its own. */
  readonly needsRoot: boolean;
}

/** Prepares the host; it always runs, and knows no image. */
export interface HostTarget extends Common {
  readonly kind: "host";
  readonly run: (exec: Exec) => Promise<void>;
}

/** The layers of a stage's steps, and of all before it. */
export interface StageTarget extends Common {
  readonly kind: "stage";
}

/** Files in `dist/<image>`. */
export interface FileTarget extends Common {
  readonly kind: "files";
  /** Whether a plain `pibuild build` makes it, and copies its files to OUTPUT_DIR. */
  readonly isDefault: boolean;
  /** Whether the outputs are directories, and which files are in them only making them tells. */
  readonly isTree?: true;
  /** Whether nothing comes of these layers. */
  readonly isIdle?: (layers: readonly LayerRecord[]) => boolean;
  /** Their names, or those of their directories. No other target has one of these. */
  readonly outputs: (image: Image) => readonly string[];
  /** What it depends on besides the targets before it. */
  readonly inputs: (open: OpenImage) => Promise<TargetInputs>;
  /** Makes them. What stood under these names is gone by then. */
  readonly make: (
    open: OpenImage,
    layers: readonly LayerRecord[],
    progress: ReportProgress,
  ) => Promise<ProducedFile[]>;
}

/** Says how far a target is, where it knows; else what is written so far is counted. */
export type ReportProgress = (bytes: number, totalBytes: number) => void;

/** Always runs from its beginning. */
export interface OnceTarget extends Common {
  readonly kind: "once";
  readonly run: (open: OpenImage) => Promise<void>;
}

/** A name for several. */
export interface GroupTarget extends Common {
  readonly kind: "group";
}

/** The mode of files that hold an image: with secrets in it, only their owner may read them. */
export function fileMode({ secrets }: Pick<Image, "secrets">): number {
  return secrets.length > 0 ? 0o600 : 0o644;
}
