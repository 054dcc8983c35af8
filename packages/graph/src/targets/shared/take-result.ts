import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { isPibuildError, type Sha256 } from "@pibuild/core";
import type { OpenImage } from "../../open/open-image.ts";
import { dropOutputs } from "../drop-outputs.ts";
import { type ProducedFile, writeManifest } from "../manifest.ts";
import type { TargetInputs } from "../named-inputs.ts";
import type { FileTarget } from "../target.ts";
import { bringShared } from "./bring-shared.ts";
import { offeredFiles } from "./result-record.ts";

/** What a target's files are to be made from. */
export interface WantedResult {
  readonly key: Sha256;
  readonly inputs: TargetInputs;
  /** Targets whose files would no longer belong to these. */
  readonly outdated?: readonly FileTarget[];
}

/**
 * Brings a target's files from the remote cache, and returns whether they are there now. Where a file
 * does not come whole, none is, and the target has to be made.
 */
export async function takeResult(
  open: OpenImage,
  target: FileTarget,
  { key, inputs, outdated = [] }: WantedResult,
): Promise<boolean> {
  const { cache, context, image, output } = open;
  const found = await cache?.find("result", key);
  const offered = found && offeredFiles(found.entry, target, image);
  if (found === undefined || offered === undefined) return false;
  context.emit({ type: "cache-hit", what: target.name, scope: found.entry.scope });
  await mkdir(output, { recursive: true });
  for (const each of [...outdated, target]) await dropOutputs(open, each);
  let files: ProducedFile[];
  try {
    const brought = offered.map((each) => bringShared(open, target, found, each));
    files = (await Promise.all(brought)).flat();
  } catch (error) {
    if (!isPibuildError(error, "LAYER_LOST")) throw error;
    return false;
  }
  await writeManifest(output, {
    ...{ version: 1, target: target.name, key, inputs, files },
    ...{ mayLeave: true, brought: true },
  });
  for (const file of files)
    context.emit({ type: "artifact-written", ...file, path: join(output, file.path) });
  return true;
}
