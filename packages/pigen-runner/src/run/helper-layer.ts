import { chmod, copyFile, lstat, mkdir, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { LayerStack } from "@pibuild/layers";

/** Files that the build needs inside the chroot and that no image may keep. */
const helpers: readonly { path: string; mode: number; content: string; why: string }[] = [
  {
    path: "usr/sbin/policy-rc.d",
    mode: 0o755,
    content: "#!/bin/sh\nexit 101\n",
    why: "packages must not start their services while an image is built",
  },
  {
    path: "etc/dpkg/dpkg.cfg.d/pibuild",
    mode: 0o644,
    content: "force-unsafe-io\n",
    why: "a layer that was interrupted is thrown away, so dpkg need not sync",
  },
  {
    path: "etc/apt/apt.conf.d/99pibuild",
    mode: 0o644,
    content: 'Acquire::Languages "none";\nAPT::Keep-Downloaded-Packages "true";\n',
    why: "descriptions in other languages are never read; packages go to the package cache",
  },
];

/**
 * Makes the bottom-most lower directory of every step: what is in it is seen, and because it
 * is below and not above, nothing of it can end up in a layer.
 */
export async function makeHelperLayer(directory: string, sourceDateEpoch: number): Promise<void> {
  for (const { path, mode, content } of helpers) {
    const target = join(directory, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
    await chmod(target, mode);
    await utimes(target, sourceDateEpoch, sourceDateEpoch);
  }
  await copyFile("/etc/resolv.conf", join(directory, "etc/resolv.conf"));
}

/** Paths inside the image that a whiteout in a step's changes must not name. */
const helperPaths: readonly string[] = [...helpers.map(({ path }) => path), "etc/resolv.conf"];

/** A script may delete a helper; with nothing of that name below, its whiteout hides nothing. */
export async function dropHelperWhiteouts(changes: string, stack: LayerStack): Promise<void> {
  for (const path of helperPaths) {
    const stats = await lstat(join(changes, path)).catch(() => undefined);
    if (stats === undefined || !stats.isCharacterDevice() || stats.rdev !== 0) continue;
    const below = await Promise.all(
      stack.lowers("rootfs").map((layer) => exists(join(stack.directory, layer, path))),
    );
    if (!below.includes(true)) await rm(join(changes, path));
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
