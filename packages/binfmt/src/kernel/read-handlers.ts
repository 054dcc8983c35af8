import { opendir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Handler, parseHandler } from "./handler.ts";

/** Where the kernel shows its handlers. */
export const binfmtDirectory = "/proc/sys/fs/binfmt_misc";

export interface KernelHandlers {
  /** Whether binfmt_misc as a whole is switched on. */
  readonly enabled: boolean;
  /** In the order in which the kernel looks at them: the newest first. */
  readonly handlers: readonly Handler[];
}

/** The kernel's binfmt_misc: undefined where it is not mounted in the directory. */
export async function readHandlers(directory: string): Promise<KernelHandlers | undefined> {
  const status = await readFile(join(directory, "status"), "utf8").catch(absent);
  if (status === undefined) return undefined;
  const handlers: Handler[] = [];
  for (const name of await newestFirst(directory)) {
    // An entry may go away between the listing and the reading.
    const text = await readFile(join(directory, name), "utf8").catch(absent);
    const handler = text === undefined ? undefined : parseHandler(name, text);
    if (handler !== undefined) handlers.push(handler);
  }
  return { enabled: status.trim() === "enabled", handlers };
}

/** The directory's own order, which `readdir` would sort: the kernel adds entries at its front. */
async function newestFirst(directory: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of await opendir(directory)) {
    if (name !== "register" && name !== "status") names.push(name);
  }
  return names;
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
  throw error;
}
