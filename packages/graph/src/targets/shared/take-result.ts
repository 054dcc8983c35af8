import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Found } from "@pibuild/cache";
import { isPibuildError, PibuildError, placeFile, type Sha256 } from "@pibuild/core";
import type { OpenImage } from "../../open/open-image.ts";
import { dropOutputs } from "../drop-outputs.ts";
import { writeManifest } from "../manifest.ts";
import type { TargetInputs } from "../named-inputs.ts";
import type { FileTarget } from "../target.ts";
import { fileMode } from "../target.ts";
import { unpackFile } from "./pack-file.ts";
import { type OfferedFile, offeredFiles } from "./result-record.ts";

/** What a target's files are to be made from. */
export interface WantedResult {
  readonly key: Sha256;
  readonly inputs: TargetInputs;
}

/**
 * Brings a target's files from the remote cache, and returns whether they are there now. Where a file
 * does not come whole, none is, and the target has to be made.
 */
export async function takeResult(
  open: OpenImage,
  target: FileTarget,
  { key, inputs }: WantedResult,
): Promise<boolean> {
  const { cache, context, image, output } = open;
  const found = await cache?.find("result", key);
  const offered = found && offeredFiles(found.entry, target, image);
  if (found === undefined || offered === undefined) return false;
  context.emit({ type: "cache-hit", what: target.name, scope: found.entry.scope });
  await mkdir(output, { recursive: true });
  await dropOutputs(open, target);
  try {
    await Promise.all(offered.map((each) => bringFile(open, target, found, each)));
  } catch (error) {
    if (!isPibuildError(error, "LAYER_LOST")) throw error;
    return false;
  }
  const files = offered.map(({ file: { path, bytes, sha256 } }) => ({ path, bytes, sha256 }));
  await writeManifest(output, {
    ...{ version: 1, target: target.name, key, inputs, files },
    ...{ mayLeave: true, brought: true },
  });
  for (const file of files)
    context.emit({ type: "artifact-written", ...file, path: join(output, file.path) });
  return true;
}

async function bringFile(
  { cache, context, image, output }: OpenImage,
  target: FileTarget,
  found: Found,
  { file, blob }: OfferedFile,
): Promise<void> {
  const { scratch, emit } = context;
  await using _lock = await scratch.lock(blob.digest, () =>
    emit({ type: "waiting", what: `another build to bring ${file.path}` }),
  );
  const download = await scratch.download(blob.digest);
  await cache?.bring(found, blob, download, target.name);
  const place = join(output, file.path);
  const seconds = image.sourceDateEpoch;
  await placeFile(
    place,
    async (handle) => {
      // What cannot be unpacked has no digest.
      const digest = await unpackFile(download, handle, file).catch(unlessFull);
      if (digest === file.sha256) return;
      emit({ type: "cache-refused", name: file.path, reason: "it is not what its record says" });
      throw new PibuildError("LAYER_LOST", { digest: file.sha256, reason: "another digest" });
    },
    { mode: fileMode(image), seconds, sync: true },
  );
  await rm(download, { force: true });
}

/** A full disk here is nobody's fault there. */
function unlessFull(error: NodeJS.ErrnoException): undefined {
  if (error.code === "ENOSPC") throw error;
}
