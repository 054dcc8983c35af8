import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isDigest } from "../parse-record.ts";
import { checkBlob } from "./blobs.ts";
import { layout } from "./layout.ts";

/** What a check of all layers found. */
export interface StoreCheck {
  readonly checked: number;
  /** Digests of what had another content, and is gone. */
  readonly dropped: readonly string[];
}

/** Reads all that a local store holds, whenever that was last done, and drops what is not what it was. */
export async function checkStore(directory: string): Promise<StoreCheck> {
  const blobs = layout(directory).blobs;
  const dropped: string[] = [];
  let checked = 0;
  for (const digits of (await readdir(blobs).catch((): string[] => [])).sort()) {
    for (const digest of await readdir(join(blobs, digits)).catch((): string[] => [])) {
      if (!isDigest(digest)) continue;
      checked += 1;
      const state = await checkBlob(directory, { digest }, { rememberedMs: 0 });
      if (state === "corrupt") dropped.push(digest);
    }
  }
  return { checked, dropped };
}
