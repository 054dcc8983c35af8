import { stat } from "node:fs/promises";
import { join } from "node:path";
import { PibuildError, type PigenPlace } from "@pibuild/core";

/** What every pi-gen has, and what pibuild reads of it. */
const parts = { "build.sh": "file", "scripts/common": "file", stage0: "directory" } as const;

/** Throws PIGEN_INVALID where a directory does not hold pi-gen; `named` is what errors call it. */
export async function checkPiGen(directory: string, named: PigenPlace): Promise<void> {
  const missing: string[] = [];
  for (const [path, kind] of Object.entries(parts)) {
    const found = await stat(join(directory, path)).catch(() => undefined);
    if (!(kind === "file" ? found?.isFile() : found?.isDirectory())) missing.push(path);
  }
  if (missing.length > 0) throw new PibuildError("PIGEN_INVALID", { ...named, missing });
}
