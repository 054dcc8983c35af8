import { constants } from "node:fs";
import { chmod, copyFile, mkdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PibuildError, sha256File } from "@pibuild/core";
import { inputPath, inputsDirectory } from "./paths.ts";
import type { RunContext } from "./run-context.ts";
import type { StepInput } from "./run-spec.ts";

/**
 * Lets scripts see, read-only, those of the inputs whose variables are among `seen`, and
 * none of the others. Their copies are kept in `copies`. Throws STEP_CHANGED where a file is no
 * longer the one that image.yaml means.
 */
export async function showInputs(
  context: RunContext,
  step: string,
  seen: readonly string[],
  copies: string,
): Promise<void> {
  const inputs = context.spec.inputs.filter(({ variable }) => seen.includes(variable));
  if (inputs.length === 0) return;
  await mkdir(copies, { recursive: true });
  await mkdir(inputsDirectory, { recursive: true });
  for (const input of inputs) {
    const copy = await copyOf(input, copies, context.spec.sourceDateEpoch);
    if (copy === undefined) throw new PibuildError("STEP_CHANGED", { step });
    const target = inputPath(input.name);
    await writeFile(target, "");
    await context.exec.run({ program: "mount", args: ["-o", "bind,ro", copy, target] });
  }
}

/** A copy that nobody changes any more, and whose owner, mode and time are the same everywhere. */
async function copyOf(
  { name, path, sha256 }: StepInput,
  copies: string,
  time: number,
): Promise<string | undefined> {
  const copy = join(copies, name);
  try {
    await copyFile(path, copy, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // An earlier step of this run has seen it.
    if (code === "EEXIST") return copy;
    if (code === "ENOENT") return undefined;
    throw error;
  }
  await chmod(copy, 0o444);
  await utimes(copy, time, time);
  return (await sha256File(copy)) === sha256 ? copy : undefined;
}
