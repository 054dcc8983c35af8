import { chmod, mkdir, readdir, utimes } from "node:fs/promises";
import type { Exec } from "@pibuild/core";
import { layerParts } from "../overlay/layer-stack.ts";

/**
 * Packs a directory that holds `rootfs/` and `work/`, and may hold `deploy/`, into one squashfs file. The same tree
 * gives the same bytes for one version of mksquashfs. Owners, modes, extended attributes,
 * hard links, device nodes and whiteouts are kept as they are.
 */
export async function packLayer(
  exec: Exec,
  options: {
    readonly directory: string;
    readonly output: string;
    readonly sourceDateEpoch: number;
  },
): Promise<void> {
  const { directory, output, sourceDateEpoch } = options;
  for (const part of [`${directory}/rootfs`, `${directory}/work`]) {
    if ((await mkdir(part, { recursive: true })) === undefined) continue;
    await chmod(part, 0o755);
    await utimes(part, sourceDateEpoch, sourceDateEpoch);
  }
  const known: readonly string[] = layerParts;
  const unexpected = (await readdir(directory)).filter((name) => !known.includes(name));
  if (unexpected.length > 0)
    throw new Error(`a layer holds ${known.join(", ")}, not ${unexpected.join(", ")}`);
  await chmod(directory, 0o755);
  await utimes(directory, sourceDateEpoch, sourceDateEpoch);
  await exec.run({
    program: "mksquashfs",
    args: [directory, output, ...packOptions(sourceDateEpoch)],
  });
}

/** Fixed, so that bytes depend on the tree and on mksquashfs's version only. */
export function packOptions(sourceDateEpoch: number): string[] {
  return [
    "-noappend",
    "-no-progress",
    "-quiet",
    "-reproducible",
    ["-mkfs-time", String(sourceDateEpoch)],
    ["-comp", "zstd"],
    // A person waits for it, and the next level up takes half as long again for a twentieth less.
    ["-Xcompression-level", "1"],
    ["-b", "256K"],
    "-xattrs",
  ].flat();
}
