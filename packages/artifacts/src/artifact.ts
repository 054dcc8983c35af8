import { stat } from "node:fs/promises";
import { type Sha256, sha256File } from "@pibuild/core";

/** A file that a build hands out. */
export interface Artifact {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: Sha256;
}

/** What a file is, read once. */
export async function measure(path: string): Promise<Artifact> {
  const { size } = await stat(path);
  return { path, bytes: size, sha256: await sha256File(path) };
}
