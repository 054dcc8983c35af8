import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Parcel } from "@pibuild/cache";
import { type Sha256, sha256File } from "@pibuild/core";
import type { OpenImage } from "../../open/open-image.ts";
import type { Manifest, ProducedFile } from "../manifest.ts";
import { packFile } from "./pack-file.ts";
import type { ResultRecord, SharedFile } from "./result-record.ts";

/** How a disk's file ends: it is as large as the card, and most of it holes. */
const sparse = ".img";

/** Sends a target's files to the remote cache, where there is one and they may leave; waits until they are there. */
export async function sendResult(open: OpenImage, manifest: Manifest): Promise<void> {
  const { cache, context, image, output } = open;
  const { target, key, inputs, files = [], mayLeave } = manifest;
  if (cache === undefined || mayLeave !== true || inputs === undefined) return;
  // Packing takes time, and a cache that is not written to wants nothing.
  if (!cache.writes()) return;
  await using run = await context.scratch.openRun();
  const sent: (SharedFile & { readonly file: string; readonly sentBytes: number })[] = [];
  for (const file of files)
    sent.push(await wrap(file, { from: join(output, file.path), run: run.path }));
  const about: ResultRecord = {
    ...{ version: 1, image: image.name, target, inputs },
    files: sent.map(({ file: _, sentBytes: __, ...file }) => file),
  };
  const parcel: Parcel = {
    ...{ kind: "result", key, what: target, image: image.name, about },
    blobs: sent.map(({ path: name, blob: digest, sentBytes: bytes, file }) => ({
      ...{ name, digest, bytes, file },
    })),
  };
  await cache.push(parcel);
}

async function wrap(
  file: ProducedFile,
  { from, run }: { readonly from: string; readonly run: string },
) {
  if (!file.path.endsWith(sparse)) {
    const packing = "none" as const;
    return { ...file, packing, blob: file.sha256, file: from, sentBytes: file.bytes };
  }
  const packed = join(run, `${file.sha256}.zst`);
  await packFile(from, packed);
  const blob: Sha256 = await sha256File(packed);
  const { size: sentBytes } = await stat(packed);
  return { ...file, packing: "zstd" as const, blob, file: packed, sentBytes };
}
