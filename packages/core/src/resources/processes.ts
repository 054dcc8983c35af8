import { readFile, readlink } from "node:fs/promises";

/**
 * When a process started, which tells it from a later one of the same number: field 22 of
 * proc_pid_stat(5), in ticks since the boot; what stands in parentheses before it may hold spaces.
 * Undefined where none runs; one that only waits to be collected (state Z or X) runs no more. Where
 * there is no /proc, all that can be told is that it runs: then it is `unknown`.
 */
export async function startTime(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (stat === undefined) return (await hasProc()) || !takesSignals(pid) ? undefined : "unknown";
  const [state = "", ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return /[ZX]/.test(state) ? undefined : fields[18];
}

/** This start of the machine, after which process numbers begin again; empty where the kernel does not tell. */
export async function bootId(): Promise<string> {
  const id = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
  return id.trim();
}

/** The kernel's number of the namespace that process numbers here belong to; empty where there are none. */
export async function pidNamespace(): Promise<string> {
  const link = await readlink("/proc/self/ns/pid").catch(() => "");
  return /\d+/.exec(link)?.[0] ?? "";
}

async function hasProc(): Promise<boolean> {
  return readFile("/proc/self/stat").then(
    () => true,
    () => false,
  );
}

function takesSignals(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Another user's process cannot be asked, and lives.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
