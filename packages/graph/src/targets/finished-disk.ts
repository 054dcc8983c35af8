import { join } from "node:path";
import { PibuildError, type Sha256 } from "@pibuild/core";
import { manifestPath, readManifest } from "./manifest.ts";

/** The assembled disk of `dist/<image>`: its file, and what it was made from. */
export interface FinishedDisk {
  readonly path: string;
  readonly key: Sha256;
}

/** Throws CONFIG_MISSING where the target `disk` was not reached. */
export async function finishedDisk(output: string): Promise<FinishedDisk> {
  const disk = await readManifest(output, "disk");
  const raw = disk?.files?.[0];
  if (disk === undefined || raw === undefined) {
    const file = manifestPath(output, "disk");
    throw new PibuildError("CONFIG_MISSING", { file, what: "the disk's manifest" });
  }
  return { path: join(output, raw.path), key: disk.key };
}
