import { type Emit, isPibuildError, PibuildError } from "@pibuild/core";
import { type Engine, inspect } from "../engine/engine.ts";

/** A container image that steps' programs are added to. */
export interface BaseImage {
  /** For people. */
  readonly name: string;
  /** For the engine. */
  readonly reference: string;
  /** Of its content. */
  readonly id: string;
}

/** Has the engine bring an image, as a phase. Throws CONTAINER_IMAGE_FAILED with what it said. */
export async function makeImage(
  engine: Engine,
  image: string,
  args: readonly string[],
  { emit, phase }: { readonly emit: Emit; readonly phase: string },
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

/** Of an image that the engine has. */
export async function idOf(engine: Engine, reference: string): Promise<string | undefined> {
  const found = (await inspect(engine, "image", reference)) as { Id: string } | undefined;
  return found?.Id;
}
