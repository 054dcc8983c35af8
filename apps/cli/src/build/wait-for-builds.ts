import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { acquireLock, HeldResources } from "@pibuild/core";
import type { CliContext } from "../context.ts";

export interface Builds {
  readonly workspace: string;
  readonly images: readonly string[];
}

/** Waits until nothing builds these images, says for which it waits, and keeps their builds away. */
export async function waitForBuilds(
  { message, signal }: Pick<CliContext, "message" | "signal">,
  { workspace, images }: Builds,
): Promise<AsyncDisposable> {
  const directory = join(workspace, ".pibuild", "locks");
  // What was never built has no lock, and gets none by this.
  const names = await readdir(directory).catch((): string[] => []);
  const take = async (name: string, what: string) => {
    const onWait = () => message(`waiting for the build of ${what}`);
    return await acquireLock(join(directory, name), { onWait, signal });
  };
  const held = new HeldResources();
  try {
    for (const image of images.filter((each) => names.includes(each)))
      held.use(await take(image, image));
    // Nx alone holds those of targets. One that is kept while waiting for the next would stop it.
    for (const name of names.filter((each) => !images.includes(each))) {
      const image = images.find((each) => name.startsWith(`${each}.`));
      if (image === undefined) continue;
      const lock = await take(name, `${name.slice(image.length + 1)} of ${image}`);
      await lock[Symbol.asyncDispose]();
    }
    return held;
  } catch (error) {
    await held[Symbol.asyncDispose]();
    throw error;
  }
}
