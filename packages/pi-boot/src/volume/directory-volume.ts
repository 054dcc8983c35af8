import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { type BootVolume, pathSteps } from "./boot-volume.ts";

/** What will be a boot partition, and is a directory yet. */
export function directoryVolume(directory: string): BootVolume {
  const place = (path: string) => {
    const steps = pathSteps(path);
    return steps && join(directory, ...steps);
  };
  const sizeOf = async (path: string) => {
    const at = place(path);
    const found = at === undefined ? undefined : await stat(at).catch(() => undefined);
    return found?.isFile() ? found.size : undefined;
  };
  return {
    async read(path, maxBytes) {
      const [at, size] = [place(path), await sizeOf(path)];
      if (at === undefined || size === undefined || size > maxBytes) return undefined;
      await using file = await open(at);
      return await file.readFile();
    },
    has: async (path) => ((await sizeOf(path)) ?? 0) > 0,
    async list(path) {
      const at = place(path);
      return at === undefined ? [] : await readdir(at).catch(() => []);
    },
  };
}
