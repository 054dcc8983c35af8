import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "@pibuild/core";
import type { Parcel } from "../src/index.ts";

/** A result with one file of a text, which lies in a directory of its own below another. */
export async function parcelOf(parent: string, name: string, text: string): Promise<Parcel> {
  const file = join(await mkdtemp(join(parent, "parcel-")), "file");
  await writeFile(file, text);
  const blob = { name: "file", digest: sha256(text), bytes: Buffer.byteLength(text), file };
  const about = { of: name };
  return { kind: "result", key: sha256(name), what: name, image: "pi", about, blobs: [blob] };
}
