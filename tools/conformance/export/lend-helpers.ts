import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Exec } from "@pibuild/core";

/**
 * What pi-gen's export needs of a machine and this one may not have: partitions of loop devices, and a
 * kernel that mounts FAT. `losetup` makes the former; where FAT is to be mounted a directory is bound in its
 * place, and is what the filesystem would hold. Both are there for the rest of this mount namespace, for
 * every program. Gives the directory that has one for each partition.
 */
export async function lendHelpers(exec: Exec, scratch: string): Promise<string> {
  const fat = join(scratch, "fat");
  // mount(8) looks for helpers in /sbin; scripts find programs first in /usr/local/sbin.
  const mounting = join(scratch, "mounting");
  const attaching = join(scratch, "attaching");
  for (const directory of [fat, mounting, attaching]) await mkdir(directory, { recursive: true });
  await copyFile(join(import.meta.dirname, "losetup"), join(attaching, "losetup"));
  const mountVfat = `#!/bin/sh -e
# mount.vfat DEVICE DIRECTORY [OPTION...], as mount(8) calls it.
mkdir -p "${fat}/\${1##*/}"
exec mount --bind "${fat}/\${1##*/}" "$2"
`;
  await writeFile(join(mounting, "mount.vfat"), mountVfat, { mode: 0o755 });
  for (const [helpers, place] of [
    [mounting, "/usr/sbin"],
    [attaching, "/usr/local/sbin"],
  ] as const) {
    const options = `lowerdir=${helpers}:${place}`;
    await exec.run({ program: "mount", args: ["-t", "overlay", "-o", options, "overlay", place] });
  }
  return fat;
}
