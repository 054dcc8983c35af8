import { canonicalJson, type Sha256, sha256 } from "@pibuild/core";

/** A file, directory or symlink that a step's result depends on. */
export interface InputEntry {
  /** Path relative to the stage directory, or `settings:`-like for what is no file. */
  readonly path: string;
  readonly type: "file" | "directory" | "symlink";
  /** Permission bits in octal. They count: `NN-run.sh` runs only when it is executable. */
  readonly mode: string;
  /** sha256 of a file's content, the target of a symlink, empty for a directory. */
  readonly content: string;
}

/**
 * All that a step's layer depends on. Two steps with equal data have equal layers, so nothing
 * that changes the bytes may be missing, and nothing that does not may be here.
 */
export interface FingerprintData {
  /** Raised when this runner would make other bytes from the same inputs. */
  readonly format: 1;
  /** Digest over the whole chain of layers below: the tree that the step sees. */
  readonly parent: string | null;
  /** `<stage>/<sub-stage>`: scripts see both names in their environment and paths. */
  readonly step: string;
  /** The step's own files, and the stage's shared ones where its scripts reach for them. */
  readonly files: readonly InputEntry[];
  /** Settings that the step's files name, with their values; a secret as a keyed hash. */
  readonly settings: Readonly<Record<string, string>>;
  /** The architecture of the image: which packages, which programs. */
  readonly arch: string;
  /** Debian's release: what packages resolve to, also where no script names it. */
  readonly release: string;
  /** Seconds since the epoch to which times in the layer are clamped. */
  readonly sourceDateEpoch: number;
  /** The functions that scripts call (`on_chroot`, `bootstrap`, ...), by content. */
  readonly scripts: string;
  /** The table of what is removed from every layer, by content. */
  readonly normalisation: string;
  /** Versions of the host's programs that shape bytes of this step. */
  readonly tools: Readonly<Record<string, string>>;
  /** Digest of the releases that a lock holds apt to, where the step fetches indexes: later ones find these. */
  readonly lock?: string;
  /** Whether the image's `/tmp`, `/run` and the like are mounts already when the first script begins. */
  readonly mounted?: true;
  /** There where the step reaches only packages: a script may do without what it does not reach. */
  readonly network?: "packages";
}

/** The key of a step's layer in the store: sha256 over its canonical data. */
export function fingerprintOf(data: FingerprintData): Sha256 {
  return sha256(canonicalJson({ ...data, files: [...data.files].sort(byPath) }));
}

/** Identifies a chain of layers by their digests, bottom first. `null` for no layers. */
export function chainDigest(layers: readonly string[]): Sha256 | null {
  return layers.length === 0 ? null : sha256(layers.join("\n"));
}

function byPath(a: InputEntry, b: InputEntry): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
