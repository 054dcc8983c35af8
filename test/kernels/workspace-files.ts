import type { Tree } from "@pibuild/test-kit";
import { signs } from "./guest-paths.ts";

const script = (text: string) => `#!/bin/bash -e\n${text}\n`;

/** What is hard to keep in a layer, and what asks dpkg, perl and the kernel. */
const awkward = `mkdir /awkward && cd /awkward
mknod null c 1 3 && mknod -m 600 block b 7 9 && mkfifo fifo
echo text >file && ln file hard && ln -s file soft && chown 12:34 file && chmod 4751 hard
cp /bin/true program && setcap cap_net_raw+ep program
setfattr -n user.pibuild -v value file
useradd --create-home somebody
dpkg --verify coreutils perl-base >/verified || true
perl -MPOSIX -e 'print((POSIX::uname())[4], "\\n")' >/machine
dpkg-query --show >/packages && tar --sort=name -cf /archive.tar -C /usr/share/perl5 . && gzip -9n /archive.tar`;

const chain = Object.fromEntries(
  Array.from({ length: 60 }, (_, index) => String(index).padStart(2, "0")).map((number) => [
    `stages/chain/${number}-link/00-run.sh`,
    script(`echo ${number} >"\${ROOTFS_DIR}/link-${number}"`),
  ]),
);

/** A workspace of small images on one arm64 tree. */
export const workspaceFiles: Tree = {
  "apps/tiny/image.yaml": "stages: [stages/tiny]\n",
  "apps/work/image.yaml": "stages: [stages/tiny, stages/work]\nsettings: { SETFCAP: 1 }\n",
  "apps/second/image.yaml": "stages: [stages/tiny, stages/second]\nsettings: { SETFCAP: 1 }\n",
  "apps/chain/image.yaml": "stages: [stages/tiny, stages/chain]\n",
  "apps/gated/image.yaml": "stages: [stages/tiny, stages/gated]\n",
  "stages/tiny/prerun.sh": script(
    'bootstrap "${RELEASE}" "${ROOTFS_DIR}" --include=attr,libcap2-bin,perl',
  ),
  "stages/work/00-awkward/00-run-chroot.sh": `${awkward}\n`,
  "stages/second/00-awkward/00-run-chroot.sh": `${awkward}\n`,
  "stages/gated/00-gate/00-run.sh": script(
    `on_chroot <<<"true"\ntouch ${signs}/running\non_chroot <<<"sleep 600"`,
  ),
  "stages/export/.keep": "",
  "stages/partitions/.keep": "",
  ...chain,
};
