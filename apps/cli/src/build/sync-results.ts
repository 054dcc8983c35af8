import { existsSync } from "node:fs";
import type { Exec } from "@pibuild/core";

/** Waits until all that a build wrote is on the disk, with its names: one call for each filesystem. */
export async function syncResults(exec: Exec, places: readonly string[]): Promise<void> {
  const there = places.filter((path) => existsSync(path));
  if (there.length > 0) await exec.run({ program: "sync", args: ["--file-system", ...there] });
}
