import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { loadPin, pinFileName } from "@pibuild/config";
import { createExec, isPibuildError, PibuildError, sha256 } from "@pibuild/core";
import { findCheckout } from "../../checkout/find-checkout.ts";
import { type Engine, inspect } from "../engine/engine.ts";
import type { VenueRequest } from "../find-venue.ts";
import type { Candidate } from "../first-that-works.ts";
import { pigenRepository } from "./paths.ts";

/** A container image that steps' programs are added to. */
export interface BaseImage {
  /** For people. */
  readonly name: string;
  /** For the engine. */
  readonly reference: string;
  /** Of its content. */
  readonly id: string;
}

/**
 * The images that may serve, best first: the one that was named; else pi-gen's own for an image
 * that has stages of it, then Debian of the image's release.
 */
export function baseImages(engine: Engine, request: VenueRequest): Candidate<BaseImage>[] {
  const debian = `debian:${request.image.release}`;
  const piGen = {
    venue: "container with pi-gen's own image",
    open: () => pigenImage(engine, request),
  };
  const plain = {
    venue: `container with ${debian}`,
    open: () => presentImage(engine, debian, request),
  };
  switch (request.choice.image) {
    case "auto":
      return request.image.piGen === undefined ? [plain] : [piGen, plain];
    case "pi-gen":
      return [piGen];
    case "debian":
      return [plain];
    default: {
      const { image } = request.choice;
      return [
        { venue: `container with ${image}`, open: () => presentImage(engine, image, request) },
      ];
    }
  }
}

/** An image by name, pulled where the engine does not have it. */
async function presentImage(
  engine: Engine,
  reference: string,
  { emit }: VenueRequest,
): Promise<BaseImage> {
  const known = await idOf(engine, reference);
  if (known !== undefined) return { name: reference, reference, id: known };
  await reported(engine, reference, ["pull", reference], { emit, phase: `pull ${reference}` });
  return { name: reference, reference, id: (await idOf(engine, reference)) ?? reference };
}

/**
 * The image of pi-gen's Dockerfile. Only that file counts: what it copies of pi-gen is not used,
 * because steps run from the workspace's checkout.
 */
async function pigenImage(
  engine: Engine,
  { workspace, env, emit, signal }: VenueRequest,
): Promise<BaseImage> {
  const exec = createExec(signal ? { signal } : {});
  const readPin = () => loadPin(join(workspace, pinFileName));
  const { path } = await findCheckout(workspace, readPin, { exec, env });
  const file = join(path, "Dockerfile");
  const dockerfile = await readFile(file, "utf8").catch(() => {
    throw new PibuildError("ENV_UNSUPPORTED", { what: `this pi-gen has no \`${file}\`` });
  });
  const reference = `${pigenRepository}:${sha256(dockerfile).slice(0, 16)}`;
  const name = "pi-gen's own image";
  const known = await idOf(engine, reference);
  if (known !== undefined) return { name, reference, id: known };
  const bridged =
    engine.name === "podman" || (await inspect(engine, "network", "bridge")) !== undefined;
  const args = [
    "build",
    "--force-rm",
    ...(bridged ? [] : ["--network", "host"]),
    "--tag",
    reference,
    path,
  ];
  await reported(engine, name, args, { emit, phase: `build ${name}` });
  return { name, reference, id: (await idOf(engine, reference)) ?? reference };
}

async function reported(
  engine: Engine,
  image: string,
  args: readonly string[],
  { emit, phase }: Pick<VenueRequest, "emit"> & { readonly phase: string },
): Promise<void> {
  const started = performance.now();
  emit({ type: "phase-started", phase });
  try {
    await engine.call(args, { onLine: (line) => emit({ type: "command-output", line }) });
  } catch (error) {
    if (!isPibuildError(error, "COMMAND_FAILED")) throw error;
    throw new PibuildError("CONTAINER_IMAGE_FAILED", { image, failure: error.data });
  }
  emit({ type: "phase-finished", phase, durationMs: performance.now() - started });
}

async function idOf(engine: Engine, reference: string): Promise<string | undefined> {
  const found = (await inspect(engine, "image", reference)) as { Id: string } | undefined;
  return found?.Id;
}
