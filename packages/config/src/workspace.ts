import { readdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { PibuildError } from "@pibuild/core";

/** The nearest directory from `startDir` upwards that holds `apps/`. Throws CONFIG_MISSING. */
export async function findWorkspace(startDir: string): Promise<string> {
  const start = resolve(startDir);
  for (let directory = start; ; directory = dirname(directory)) {
    const apps = await stat(join(directory, "apps")).catch(() => undefined);
    if (apps?.isDirectory()) return directory;
    if (directory === dirname(directory)) break;
  }
  throw new PibuildError("CONFIG_MISSING", { what: "the workspace", file: join(start, "apps") });
}

/** Names of the workspace's images, sorted: the directories `apps/<image>/` with an image.yaml. */
export async function listImages(workspace: string): Promise<string[]> {
  const apps = join(workspace, "apps");
  const names = await readdir(apps).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const files = await Promise.all(
    names.map((name) => stat(join(apps, name, "image.yaml")).catch(() => undefined)),
  );
  return names.filter((_name, index) => files[index]?.isFile()).sort();
}
