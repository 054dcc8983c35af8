import { removeTree } from "@pibuild/core";
import { cmdlineForm } from "@pibuild/kn86fw";
import { writeNativeTree } from "../../packages/pigen-runner/test/native-tree.ts";
import type { OutsideProject } from "./outside-project.ts";

const sources = `Types: deb
URIs: http://mirror.example.org/debian
Suites: bookworm bookworm-updates
Components: main contrib
`;
const stage = '#!/bin/bash -e\non_chroot <<"EOF"\necho hello >/hello\nEOF\n';

/** Writes what the examples work on, and nothing of what they make. */
export async function writeExampleFiles(project: OutsideProject): Promise<void> {
  const boot = Buffer.alloc(65_536, "boot");
  cmdlineForm("root=PARTUUID=4b4e-04").copy(boot, 8192);
  const root = Buffer.alloc(3 * 1024 ** 2, "root");
  await project.write({
    ...{ "boot.img": boot, "root.img": root, "small.img": Buffer.alloc(8192, "disk") },
    "slot-boot.img": Buffer.alloc(boot.length),
    "slot-root.img": Buffer.alloc(root.length),
    "state/.keep": "",
    "common/bootcode.bin": "bootcode",
    "bootfs/config.txt": "arm_64bit=1\n",
    "rootfs/etc/hostname": "deck\n",
    "apt/sources.list.d/debian.sources": sources,
    "stage-mine/00-hello/00-run.sh": stage,
  });
  await project.run("mkdir", [
    "-p",
    "rootfs/boot/common",
    "rootfs/boot/firmware",
    "rootfs/home/shared",
  ]);
  await removeTree(`${project.path}/cache`);
  await writeNativeTree(`${project.path}/tree`);
}
