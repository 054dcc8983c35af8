import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { placeFile, sha256 } from "@pibuild/core";
import { type Artifact, measure } from "./artifact.ts";
import { checksumText } from "./checksum-file.ts";

/** Writes `<name>.sha256` beside each file of a directory; returns the files, sorted by name, and these. */
export async function checksumFiles(directory: string): Promise<Artifact[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  const artifacts: Artifact[] = [];
  for (const name of names.filter((candidate) => !candidate.endsWith(".sha256")).sort()) {
    const file = await measure(join(directory, name));
    const text = checksumText(file.sha256, name);
    const path = `${file.path}.sha256`;
    await placeFile(path, text);
    artifacts.push(file, { path, bytes: Buffer.byteLength(text), sha256: sha256(text) });
  }
  return artifacts;
}
