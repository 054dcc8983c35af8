import { statfs } from "node:fs/promises";
import { PibuildError } from "@pibuild/core";

/** What programs print where there is no room left. */
export const diskFull = /No space left on device|ENOSPC|You don't have enough free space/;
/** What apt prints for a file that a mirror does not deliver; the first form names the file itself. */
const failedDownloads = [
  /E: Failed to fetch (\S+:\/\/\S+)/,
  /(?:Err:\d+|W: Failed to fetch) (\S+:\/\/\S+)/,
];
const status = / {2}([45]\d\d) {2}(\S[^[\]]*?)\s*(?:\[IP: .*)?$/m;
const noConnection =
  /(?:Could not resolve|Temporary failure resolving|Could not connect to) '?([^\s']+)/;

/** What build.sh's programs print where the machine has not what mounts the disk that it makes. */
const noDisk = [
  {
    pattern: /unable to open (\/dev\/loop\d+p\d+)/,
    what: (device: string) =>
      `\`${device}\` does not appear: the kernel shows no partitions of a loop device here`,
  },
  {
    pattern: /unknown filesystem type '(vfat|ext4)'/,
    what: (type: string) => `the kernel here mounts no ${type}`,
  },
];

/**
 * The known cause behind a failed command, from the last lines it printed: a full disk, a mirror that
 * does not deliver, or a disk that cannot be mounted. Undefined where the output says none of these.
 */
export async function diagnose(
  tail: readonly string[],
  store: string,
): Promise<PibuildError | undefined> {
  const text = tail.join("\n");
  if (diskFull.test(text)) {
    const { bavail, bsize } = await statfs(store);
    return new PibuildError("ENV_DISK_FULL", { path: store, freeBytes: bavail * bsize });
  }
  for (const { pattern, what } of noDisk) {
    const found = pattern.exec(text)?.[1];
    if (found === undefined) continue;
    const hint =
      "leave `--runner upstream` out: the layered runner makes disks without mounting them";
    return new PibuildError("ENV_UNSUPPORTED", { what: what(found), hint });
  }
  const host = noConnection.exec(text)?.[1];
  const url = failedDownloads.map((pattern) => pattern.exec(text)?.[1]).find(Boolean) ?? host;
  if (url === undefined) return undefined;
  const [, code, words] = status.exec(text) ?? [];
  const reason = host === undefined ? "the download failed" : "no connection";
  const detail = code === undefined ? reason : `${code} ${words}`;
  return new PibuildError("MIRROR_UNREACHABLE", { url, detail });
}
