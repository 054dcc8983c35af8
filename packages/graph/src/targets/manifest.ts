import { mkdir, readFile, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { canonicalJson, PibuildError, placeFile, type Sha256 } from "@pibuild/core";
import type { OpenImage } from "../open/open-image.ts";
import type { TargetInputs } from "./named-inputs.ts";

/** A file that a target made. */
export interface ProducedFile {
  /** Relative to `dist/<image>`, with `/` between names. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: Sha256;
}

/** What a target says of its result: digests only, so that engines have little to carry. */
export interface Manifest {
  readonly version: 1;
  readonly target: string;
  /** Digest over all that the result depends on. */
  readonly key: Sha256;
  /** The same for people, of a target with files: `pibuild why` compares them. */
  readonly inputs?: TargetInputs;
  /** Layers of a stage, bottom first, by digest. */
  readonly layers?: readonly Sha256[];
  readonly files?: readonly ProducedFile[];
  /** Whether the files may be given to other machines: nothing that they are made from stays. */
  readonly mayLeave?: boolean;
  /** They came from the remote cache; what they are made from need not be here. */
  readonly brought?: boolean;
}

/** `dist/<image>/<target>/manifest.json`. */
export function manifestPath(output: string, target: string): string {
  return join(output, target, "manifest.json");
}

/** A target's manifest, or undefined where there is none that can be read. */
export async function readManifest(output: string, target: string): Promise<Manifest | undefined> {
  const text = await readFile(manifestPath(output, target), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  return parseManifest(text);
}

/** The manifest that a text holds. Undefined for one written by hand or cut short: the target runs again. */
export function parseManifest(text: string): Manifest | undefined {
  try {
    const manifest: unknown = JSON.parse(text);
    return isManifest(manifest) ? manifest : undefined;
  } catch {
    return undefined;
  }
}

function isManifest(value: unknown): value is Manifest {
  const { version, target, key, inputs = {}, layers = [], files = [] } = value as Manifest;
  return (
    version === 1 &&
    typeof target === "string" &&
    isDigest(key) &&
    Object.values(inputs).every((text) => typeof text === "string") &&
    Array.isArray(layers) &&
    layers.every(isDigest) &&
    Array.isArray(files) &&
    files.every(isFile)
  );
}

/** It names what lies in `dist/<image>`, and nothing elsewhere. */
function isFile(value: unknown): value is ProducedFile {
  const { path, bytes, sha256 } = value as ProducedFile;
  const plain =
    typeof path === "string" &&
    path.split("/").every((name) => /^(?!\.{0,2}$)[^\\\0]+$/.test(name));
  return plain && Number.isSafeInteger(bytes) && bytes >= 0 && isDigest(sha256);
}

function isDigest(value: unknown): value is Sha256 {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}

/** What a target made, its first file, and the key of what it was made from. Throws CONFIG_MISSING where it was not reached. */
export async function readResult(
  output: string,
  target: string,
): Promise<ProducedFile & { readonly key: Sha256 }> {
  const manifest = await readManifest(output, target);
  const [file] = manifest?.files ?? [];
  if (manifest === undefined || file === undefined) {
    const missing = manifestPath(output, target);
    throw new PibuildError("CONFIG_MISSING", { file: missing, what: `what \`${target}\` made` });
  }
  return { ...file, path: join(output, file.path), key: manifest.key };
}

/** Forgets a target's result, before the work that replaces it begins. */
export async function dropManifest(output: string, target: string): Promise<void> {
  await rm(manifestPath(output, target), { force: true });
}

/** Writes a manifest under its final name in one step. */
export async function writeManifest(output: string, manifest: Manifest): Promise<void> {
  const path = manifestPath(output, manifest.target);
  await mkdir(dirname(path), { recursive: true });
  await placeFile(path, `${canonicalJson(manifest)}\n`);
}

/**
 * Whether a target's result is there and made from what this key stands for. Files carry the build's own
 * time, `sourceDateEpoch` (seconds): one that was written to since, by a boot for example, has another.
 */
export async function isFresh(
  { image, output }: Pick<OpenImage, "image" | "output">,
  target: string,
  key: Sha256,
): Promise<boolean> {
  const manifest = await readManifest(output, target);
  if (manifest?.key !== key) return false;
  for (const { path, bytes } of manifest.files ?? []) {
    const found = await stat(join(output, path)).catch(() => undefined);
    if (found?.size !== bytes || found.mtimeMs !== image.sourceDateEpoch * 1000) return false;
  }
  return true;
}
