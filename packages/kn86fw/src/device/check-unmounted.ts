import { readdir, readFile, stat } from "node:fs/promises";
import { deviceNumber } from "../read/source.ts";
import { refuse } from "../refuse.ts";

/** Refuses (`mounted`) a block device that is mounted, or of which a partition is. Files never are. */
export async function checkUnmounted(payload: string, path: string): Promise<void> {
  const stats = await stat(path);
  if (!stats.isBlockDevice()) return;
  const own = deviceNumber(stats.rdev);
  const partitions = await partitionsOf(own);
  const mounts = await readFile("/proc/self/mountinfo", "utf8");
  for (const line of mounts.split("\n")) {
    // proc_pid_mountinfo(5): mount id, parent, device, root, mount point.
    const [, , device = "", , at = ""] = line.split(" ");
    if (device !== own && !partitions.includes(device)) continue;
    refuse(payload, "mounted", `\`${path}\` is mounted at \`${at}\``);
  }
}

async function partitionsOf(device: string): Promise<string[]> {
  const directory = `/sys/dev/block/${device}`;
  const entries = await readdir(directory, { withFileTypes: true });
  const found = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => readFile(`${directory}/${name}/dev`, "utf8").catch(() => ""));
  return (await Promise.all(found)).map((text) => text.trim()).filter((text) => text !== "");
}
