import { join } from "node:path";
import { type Image, loadImage, loadPin, pinFileName } from "@pibuild/config";
import { createExec } from "@pibuild/core";
import { findCheckout } from "@pibuild/pigen-source";

export interface ReadOptions {
  readonly workspace: string;
  readonly name: string;
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads an image, and for one with stages of pi-gen makes sure of the checkout. Throws IMAGE_UNKNOWN,
 * CONFIG_INVALID, STAGE_MISSING and what `findCheckout` throws.
 */
export async function readImage(options: ReadOptions): Promise<Image> {
  const { workspace, name, env = process.env, signal } = options;
  const checkout = async () => {
    const exec = createExec(signal ? { signal } : {});
    const readPin = () => loadPin(join(workspace, pinFileName));
    await findCheckout(workspace, readPin, { exec, env });
  };
  return await loadImage(workspace, name, { env, checkout });
}

/** Reads an image when it is first asked for, and never again. */
export function imageReader(options: ReadOptions): () => Promise<Image> {
  let image: Promise<Image> | undefined;
  return () => (image ??= readImage(options));
}
