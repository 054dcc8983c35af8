import { chmod, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isPibuildError } from "@pibuild/core";
import { writeFailedNote } from "./failed-note.ts";
import { dropHelperTraces } from "./helper-layer.ts";
import type { RunContext } from "./run-context.ts";
import { changesDirectory, collectChanges } from "./step-mounts.ts";
import type { StepRun } from "./step-run.ts";

/** On a full disk the half-done state would keep the space that the next try needs. */
export function isWorthKeeping(error: unknown): boolean {
  if (isPibuildError(error, "STEP_REFUSED")) return true;
  return isPibuildError(error, "STEP_FAILED") && !isPibuildError(error.cause, "ENV_DISK_FULL");
}

/** Moves the half-done tree where `pibuild shell` finds it; the last failure of an image counts. */
export async function keepFailedState(
  context: RunContext,
  { step, stack, below, runDirectory }: StepRun,
  bootstrapped: boolean,
): Promise<void> {
  const changes = join(stack.directory, changesDirectory);
  await collectChanges(changes, bootstrapped);
  await dropHelperTraces(join(changes, "rootfs"), stack);
  const destination = context.scratch.failed(context.spec.name);
  await mkdir(dirname(destination), { recursive: true });
  // From memory to disk: no rename can do that.
  await context.exec.run({
    program: "cp",
    args: ["--archive", changes, join(runDirectory.path, "failed")],
  });
  await runDirectory.keep("failed", destination);
  await chmod(destination, 0o700);
  await writeFailedNote(destination, { step: step.id, layers: below });
}
