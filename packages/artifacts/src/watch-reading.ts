import { readdir, readFile, readlink, realpath } from "node:fs/promises";
import { join } from "node:path";

/** How often it is looked at, in milliseconds. */
const interval = 500;

/**
 * Reports how many bytes of a file a process has read, twice a second until disposal. Linux says so in
 * proc_pid_fdinfo(5); elsewhere, and where the process is gone, nothing is reported.
 */
export function watchReading(
  { pid, path }: { readonly pid: number; readonly path: string },
  report: (bytes: number) => void,
): Disposable {
  const timer = setInterval(async () => {
    const bytes = await readPosition(pid, await realpath(path)).catch(() => undefined);
    if (bytes !== undefined) report(bytes);
  }, interval);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** Where a process stands in a file that it has open; undefined where it has not. */
async function readPosition(pid: number, path: string): Promise<number | undefined> {
  const process = join("/proc", String(pid));
  for (const fd of await readdir(join(process, "fd"))) {
    if ((await readlink(join(process, "fd", fd)).catch(() => "")) !== path) continue;
    const [, position] =
      /^pos:\s*(\d+)/.exec(await readFile(join(process, "fdinfo", fd), "utf8")) ?? [];
    if (position !== undefined) return Number(position);
  }
  return undefined;
}
