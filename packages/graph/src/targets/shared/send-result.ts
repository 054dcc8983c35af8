import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Parcel } from "@pibuild/cache";
import { type Sha256, sha256File } from "@pibuild/core";
import type { OpenImage } from "../../open/open-image.ts";
import type { Manifest, ProducedFile } from "../manifest.ts";
import { targetOf } from "../registry.ts";
import { packFile } from "./pack-file.ts";
import { packTree } from "./pack-tree.ts";
import type { ResultRecord, SharedFile } from "./result-record.ts";

/** How a disk's file ends: it is as large as the card, and most of it holes. */
const sparse = ".img";

const packedTree = ".tar";

/** Sends a target's files to the remote cache, where there is one and they may leave; waits until they are there. */
export async function sendResult(open: OpenImage, manifest: Manifest): Promise<void> {
  const { cache, context, image } = open;
  const { target, key, inputs, mayLeave } = manifest;
  if (cache === undefined || mayLeave !== true || inputs === undefined) return;
  // Packing takes time, and a cache that is not written to wants nothing.
  if (!cache.writes()) return;
  await using run = await context.scratch.openRun();
  const files = await unsentFiles(open, manifest, run.path);
  if (files.length === 0) return;
  const sent: SentFile[] = [];
  for (const file of files) sent.push(await wrap(file, run.path));
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

interface UnsentFile extends ProducedFile {
  readonly from: string;
}

interface SentFile extends SharedFile {
  readonly file: string;
  readonly sentBytes: number;
}

/** A target's files where they lie; its directories as tars, each by the directory's name. */
async function unsentFiles(
  { context, image, output }: OpenImage,
  { target, files = [] }: Manifest,
  run: string,
): Promise<UnsentFile[]> {
  const row = targetOf(image, target);
  if (row.kind !== "files" || row.isTree !== true)
    return files.map((file) => ({ ...file, from: join(output, file.path) }));
  const there = row.outputs(image).filter((name) => existsSync(join(output, name)));
  return await Promise.all(
    there.map(async (path) => {
      const from = join(run, `${path}${packedTree}`);
      await packTree(context.exec, join(output, path), from);
      return { path, from, bytes: (await stat(from)).size, sha256: await sha256File(from) };
    }),
  );
}

async function wrap({ from, ...file }: UnsentFile, run: string): Promise<SentFile> {
  if (!(from.endsWith(sparse) || from.endsWith(packedTree))) {
    const packing = "none" as const;
    return { ...file, packing, blob: file.sha256, file: from, sentBytes: file.bytes };
  }
  const packed = join(run, `${file.sha256}.zst`);
  await packFile(from, packed);
  const blob: Sha256 = await sha256File(packed);
  const { size: sentBytes } = await stat(packed);
  return { ...file, packing: "zstd" as const, blob, file: packed, sentBytes };
}
