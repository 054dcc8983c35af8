import { readFile, stat } from "node:fs/promises";
import { canonicalJson, type Sha256 } from "@pibuild/core";
import { isDigest } from "../parse-record.ts";
import type { LayerBlob } from "../record.ts";
import { checkBlob } from "./blobs.ts";
import { layout } from "./layout.ts";
import { orUnusable } from "./unusable.ts";
import { writeWhole } from "./write-file.ts";

/** Writes down which blob is kept under a key; the file's time is its age. */
export async function rememberKept(store: string, key: Sha256, blob: LayerBlob): Promise<void> {
  const path = layout(store).kept(key);
  await orUnusable(path, () => writeWhole(store, path, canonicalJson(blob)));
}

/** The path of the blob that is kept under a key, where it is good and no older than that. */
export async function findKept(
  store: string,
  key: Sha256,
  maxAgeMs = Number.POSITIVE_INFINITY,
): Promise<string | undefined> {
  const path = layout(store).kept(key);
  const made = await stat(path).catch(() => undefined);
  if (made === undefined || Date.now() - made.mtimeMs > maxAgeMs) return undefined;
  const digest = digestIn(await readFile(path, "utf8").catch(() => ""));
  if (digest === undefined || (await checkBlob(store, { digest })) !== "good") return undefined;
  return layout(store).blob(digest);
}

/** A damaged note is as good as none: what it names is made again. */
function digestIn(text: string): Sha256 | undefined {
  try {
    const { digest } = JSON.parse(text) as LayerBlob;
    return isDigest(digest) ? digest : undefined;
  } catch {
    return undefined;
  }
}
