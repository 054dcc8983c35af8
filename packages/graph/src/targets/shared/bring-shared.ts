import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Found } from "@pibuild/cache";
import { isPibuildError, PibuildError, placeFile } from "@pibuild/core";
import type { OpenImage } from "../../open/open-image.ts";
import { placeDeployed } from "../deployed.ts";
import type { ProducedFile } from "../manifest.ts";
import { type FileTarget, fileMode } from "../target.ts";
import { unpackFile } from "./pack-file.ts";
import { unpackTree } from "./pack-tree.ts";
import type { OfferedFile } from "./result-record.ts";

/**
 * Brings one of a target's files, or a directory of them, from the remote cache into `dist/<image>`; gives the files.
 * Throws LAYER_LOST where it does not come, or is not what its record says.
 */
export async function bringShared(
  open: OpenImage,
  target: FileTarget,
  found: Found,
  offered: OfferedFile,
): Promise<ProducedFile[]> {
  const { path, bytes, sha256 } = offered.file;
  if (target.isTree) return await bringTree(open, target, found, offered);
  await bringFile(open, target, found, { ...offered, place: join(open.output, path) });
  return [{ path, bytes, sha256 }];
}

async function bringTree(
  open: OpenImage,
  target: FileTarget,
  found: Found,
  offered: OfferedFile,
): Promise<ProducedFile[]> {
  const { exec, scratch, emit } = open.context;
  await using run = await scratch.openRun();
  const place = join(run.path, "tar");
  await bringFile(open, target, found, { ...offered, place });
  const into = join(run.path, "tree");
  await mkdir(into);
  const name = offered.file.path;
  try {
    return await placeDeployed(open, await unpackTree(exec, place, { into, name }));
  } catch (error) {
    if (isPibuildError(error, "LAYER_LOST"))
      emit({ type: "cache-refused", name, reason: error.data.reason });
    throw error;
  }
}

async function bringFile(
  { cache, context, image }: OpenImage,
  target: FileTarget,
  found: Found,
  { file, blob, place }: OfferedFile & { readonly place: string },
): Promise<void> {
  const { scratch, emit } = context;
  await using _lock = await scratch.lock(blob.digest, () =>
    emit({ type: "waiting", what: `another build to bring ${file.path}` }),
  );
  const download = await scratch.download(blob.digest);
  await cache?.bring(found, blob, download, target.name);
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
