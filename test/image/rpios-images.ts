import { cp, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createExec } from "@pibuild/core";
import { repository } from "./image-rig.ts";

/** The images that this workspace ships on pi-gen's stages. */
export const images = ["sugarkube", "kn86-rpios"] as const;
export type RpiosImage = (typeof images)[number];

const units = join(repository, "stages/debian-lite/02-units/files");
const checkProgram = "/usr/local/lib/pibuild/check";
/**
 * Before 254 systemd reads only here how long it waits for a device, and not on the kernel's command
 * line: an emulated machine on a busy host needs more than its 90 seconds.
 */
const slowDevices = "/etc/systemd/system.conf.d/slow-devices.conf";
const slowDevicesFile = join(import.meta.dirname, "slow-devices.conf");

/** A check of one's own, as debian-lite has it: a sub-stage that installs it. */
export async function writeCheckStep(stage: string): Promise<void> {
  const step = join(stage, "01-pibuild-check");
  await mkdir(join(step, "files"), { recursive: true });
  for (const name of ["check", "pibuild-check.service"])
    await cp(join(units, name), join(step, "files", name));
  await cp(slowDevicesFile, join(step, "files", "slow-devices.conf"));
  const script = `#!/bin/bash -e
units="\${ROOTFS_DIR}/etc/systemd/system"
install -D -m 755 files/check "\${ROOTFS_DIR}${checkProgram}"
install -D -m 644 files/pibuild-check.service "\${units}/pibuild-check.service"
install -D -m 644 files/slow-devices.conf "\${ROOTFS_DIR}${slowDevices}"
install -d "\${units}/multi-user.target.wants"
ln -sf /etc/systemd/system/pibuild-check.service "\${units}/multi-user.target.wants/"
`;
  await writeFile(join(step, "00-run.sh"), script, { mode: 0o755 });
}

/** Requests for debugfs that put the same check into a finished root filesystem. */
export function checkRequests(): string[] {
  const unit = "/etc/systemd/system/pibuild-check.service";
  return [
    "mkdir /usr/local/lib/pibuild",
    `write ${join(units, "check")} ${checkProgram}`,
    `set_inode_field ${checkProgram} mode 0100755`,
    `write ${join(units, "pibuild-check.service")} ${unit}`,
    `set_inode_field ${unit} mode 0100644`,
    `mkdir ${dirname(slowDevices)}`,
    `write ${slowDevicesFile} ${slowDevices}`,
    `set_inode_field ${slowDevices} mode 0100644`,
    `symlink /etc/systemd/system/multi-user.target.wants/pibuild-check.service ${unit}`,
  ];
}

/** A revision of pi-gen, as pi-gen-pin.env names it. */
export interface PiGenPin {
  readonly tag: string;
  readonly commit: string;
  readonly release: "bookworm" | "trixie";
}

/** The commit of a tag, where a checkout has it. */
export async function commitOfTag(piGen: string, tag: string): Promise<string | undefined> {
  const args = ["-C", piGen, "rev-parse", "--quiet", "--verify", `refs/tags/${tag}^{commit}`];
  const { stdout } = await createExec().run({ program: "git", args, allowExit: [1, 128] });
  return stdout.trim() || undefined;
}

/** A checkout of pi-gen at another of its tags, made from one that has the tag. */
export async function checkoutTag(piGen: string, tag: string, parent: string): Promise<string> {
  const path = await mkdtemp(join(parent, "pi-gen-"));
  const exec = createExec();
  const git = (...args: readonly string[]) => exec.run({ program: "git", args });
  await git("clone", "--quiet", "--no-checkout", "--shared", piGen, path);
  await git("-C", path, "checkout", "--quiet", "--detach", tag);
  return path;
}
