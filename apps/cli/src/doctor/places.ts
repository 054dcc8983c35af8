import type { Volume } from "../host/volume.ts";
import type { CheckContext } from "./check.ts";

/** Where a build writes: the store, with steps' work in it, and the workspace; each filesystem once. */
export async function places({
  host,
  directories,
  workspace,
}: CheckContext): Promise<{ readonly path: string; readonly volume: Volume }[]> {
  const found: { path: string; volume: Volume }[] = [];
  for (const path of [directories.store, workspace]) {
    const volume = await host.volume(path);
    if (found.every((other) => other.volume.device !== volume.device)) found.push({ path, volume });
  }
  return found;
}
