import { readFile, stat, statfs } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/** The filesystem that a path lies on, or would lie on. */
export interface Volume {
  /** The nearest directory that exists. */
  readonly directory: string;
  /** Equal for paths on one filesystem. */
  readonly device: number;
  /** The kernel's name for its kind (`ext4`, `nfs4`); undefined where the system does not say. */
  readonly type: string | undefined;
  /** Bytes that this user may write. */
  readonly freeBytes: number;
  /** Files that can be made; undefined where the filesystem sets no number. */
  readonly freeFiles: number | undefined;
}

/** Looks at the filesystem of a path. Writes nothing. */
export async function readVolume(path: string): Promise<Volume> {
  const directory = await existing(resolve(path));
  const { bavail, bsize, files, ffree } = await statfs(directory);
  const mounts = await readFile("/proc/self/mountinfo", "utf8").catch(() => "");
  return {
    directory,
    device: (await stat(directory)).dev,
    type: mountType(mounts, directory),
    freeBytes: bavail * bsize,
    freeFiles: files === 0 ? undefined : ffree,
  };
}

/** The kind of filesystem at a path, from proc_pid_mountinfo(5). The last mount at a place covers others. */
export function mountType(mountinfo: string, path: string): string | undefined {
  let best: { readonly place: string; readonly type: string } | undefined;
  for (const line of mountinfo.split("\n")) {
    const [before = "", after = ""] = line.split(" - ");
    const place = unescapeOctal(before.split(" ")[4] ?? "");
    const type = after.split(" ")[0] ?? "";
    const holds = place === "/" || path === place || path.startsWith(`${place}/`);
    if (type !== "" && holds && place.length >= (best?.place.length ?? 0)) best = { place, type };
  }
  return best?.type;
}

/** The kernel writes a space in a path as `\040`. */
function unescapeOctal(text: string): string {
  return text.replaceAll(/\\(\d{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

async function existing(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() || path === dirname(path) ? path : existing(dirname(path));
}
