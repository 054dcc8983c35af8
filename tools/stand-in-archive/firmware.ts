import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { type Exec, removeTree } from "@pibuild/core";
import { buildDeb, controlField, type PackageFile, unpackDeb, writePackage } from "./deb.ts";
import type { Debian } from "./debian.ts";

/** What puts a kernel's files where Raspberry Pi's firmware looks for them: kernel8.img, initramfs8. */
const files: readonly PackageFile[] = [
  {
    path: "etc/kernel/postinst.d/z50-raspi-firmware",
    mode: 0o755,
    content: `#!/bin/sh -e
# VERSION: the kernel, its device trees and its overlays.
case "$1" in
	*-rpi-v8) name=kernel8.img ;;
	*-rpi-2712) name=kernel_2712.img ;;
	*) exit 0 ;;
esac
boot=/boot/firmware
install -d "$boot/overlays"
install -m 644 "/boot/vmlinuz-$1" "$boot/$name"
install -m 644 "/usr/lib/linux-image-$1/broadcom/"*.dtb "$boot/"
install -m 644 "/usr/lib/linux-image-$1/overlays/"* "$boot/overlays/"
`,
  },
  {
    path: "etc/initramfs/post-update.d/z50-raspi-firmware",
    mode: 0o755,
    content: `#!/bin/sh -e
# VERSION FILE: a kernel's initramfs.
case "$1" in
	*-rpi-v8) name=initramfs8 ;;
	*-rpi-2712) name=initramfs_2712 ;;
	*) exit 0 ;;
esac
install -d /boot/firmware
install -m 644 "$2" "/boot/firmware/$name"
`,
  },
  {
    path: "DEBIAN/postinst",
    mode: 0o755,
    content: `#!/bin/sh -e
install -d /boot/firmware
(cd /usr/lib/raspi-firmware && find . -type f -exec install -D -m 644 {} /boot/firmware/{} \\;)
echo 'Packages of this image come from a stand-in for Raspberry Pi'"'"'s archive: it is for tests, and not for a board.' >/boot/firmware/stand-in.txt
for kernel in /boot/vmlinuz-*; do
	[ -e "$kernel" ] || continue
	/etc/kernel/postinst.d/z50-raspi-firmware "\${kernel#/boot/vmlinuz-}"
done
`,
  },
];

/** Builds Debian's raspi-firmware with hooks that work as Raspberry Pi's do. */
export async function buildFirmware(
  exec: Exec,
  debian: Debian,
  { scratch, pool }: { scratch: string; pool: string },
): Promise<void> {
  const theirs = join(scratch, "debian-firmware");
  const tree = join(scratch, "firmware");
  await unpackDeb(exec, await debian.download("raspi-firmware"), theirs);
  const version = await controlField(theirs, "Version");
  const firmware = "usr/lib/raspi-firmware";
  await mkdir(join(tree, "usr/lib"), { recursive: true });
  await rename(join(theirs, firmware), join(tree, firmware));
  await removeTree(theirs);
  await writePackage(
    tree,
    {
      ...{ Package: "raspi-firmware", Version: `${version}+rpt1`, Architecture: "all" },
      Maintainer: "nobody <nobody@example.invalid>",
      Description: "stand-in for Raspberry Pi's raspi-firmware: Debian's files, other hooks",
    },
    files,
  );
  await buildDeb(exec, tree, pool);
  await removeTree(tree);
}
