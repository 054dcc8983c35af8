import { statfs } from "node:fs/promises";
import { PibuildError } from "@pibuild/core";

/** What apt prints for a file that a mirror does not have. */
const notFound = /(?:Err:\S*|E: Failed to fetch)\s+(\S+:\/\/\S+).*?(?:\b(404|403|50\d)\b.*)?$/;
const noName = /Could not (?:resolve|connect to) '?([^\s']+)/;

/**
 * The known cause behind a failed command, from the last lines it printed: a full disk, or a
 * mirror that does not deliver. Undefined where the output says neither.
 */
export async function diagnose(
  tail: readonly string[],
  store: string,
): Promise<PibuildError | undefined> {
  const text = tail.join("\n");
  if (/No space left on device|ENOSPC|You don't have enough free space/.test(text)) {
    const { bavail, bsize } = await statfs(store);
    return new PibuildError("ENV_DISK_FULL", { path: store, freeBytes: bavail * bsize });
  }
  for (const line of tail) {
    const found = notFound.exec(line);
    if (found?.[1] !== undefined) {
      const status = /\b(40\d|50\d)\s+[A-Z][\w ]+/.exec(text)?.[0] ?? "the download failed";
      return new PibuildError("MIRROR_UNREACHABLE", { url: found[1], detail: status });
    }
    const host = noName.exec(line)?.[1];
    if (host !== undefined) {
      return new PibuildError("MIRROR_UNREACHABLE", { url: host, detail: "no connection" });
    }
  }
  return undefined;
}
