import { generateKeyPairSync } from "node:crypto";
import { appendFile, copyFile, cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createExec, sha256, sha256File } from "@pibuild/core";
import { keySigner, signPayload } from "@pibuild/kn86fw";
import { needs } from "@pibuild/test-kit";
import { afterAll, beforeAll, expect } from "vitest";
import { type AbBoot, bootSlot, partitionOf } from "./ab-machine.ts";
import type { ImageRig } from "./image-rig.ts";
import { expectKiosk } from "./kiosk.ts";

const boots = needs(
  ...(["root", "mksquashfs", "mmdebstrap", "mke2fs", "mcopy", "sfdisk"] as const),
  ...(["qemu-system-aarch64", "debugfs", "dtc", "git"] as const),
);
const exec = createExec();

/** All of the journal on the console, where the test reads it. */
const talkative = "systemd.journald.forward_to_console=1";
/** A boot that runs the script on the second disk in place of the kiosk, and switches off after it. */
const runScript = [
  talkative,
  `systemd.run="/bin/sh -c 'mount -o ro /dev/vdb /mnt && exec /bin/sh /mnt/run'"`,
  "systemd.run_success_action=poweroff systemd.run_failure_action=poweroff",
].join(" ");
/** What nOSh saves, and how. */
const save = sha256(`${Array.from({ length: 100_000 }, (_, index) => index + 1).join("\n")}\n`);
const saving = "mkdir -p /home/shared/deck && seq 100000 >/home/shared/deck/save && sync\n";
const checked = `${talkative} pibuild.check=poweroff`;
/** A step that takes out of the image what these tests' machine does not use. */
const small = `#!/bin/bash -e
cd "\${ROOTFS_DIR}/usr"
rm -r share/{locale,i18n,doc} lib/firmware
cd lib/modules/*/kernel
rm -r sound net fs/{btrfs,f2fs,nfs,nfsd,ocfs2,smb,xfs} \\
	drivers/{net,media,gpu,scsi,ata,usb,hid,md,target,staging,iio,infiniband,hwmon}
`;

/** An image with two slots, and how it is built here. */
export interface UpdatedImage {
  readonly name: string;
  /** Of its disk: small, as an apply writes and reads back every byte of a slot. */
  readonly size: string;
  /** A rig whose copy of the image may be edited. */
  readonly open: () => Promise<ImageRig>;
}

/** The tests of an update in the field, from a payload on a second disk. */
export function describeUpdates({ name, size, open }: UpdatedImage): void {
  let rig: ImageRig;
  let disk: string;
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const signer = keySigner(privateKey.export({ type: "pkcs8", format: "pem" }));

  beforeAll(async () => {
    rig = await open();
    const app = join(rig.path, "apps", name);
    const yaml = `apps/${name}/image.yaml`;
    const key = join(app, "update.pub");
    await writeFile(key, publicKey.export({ type: "spki", format: "pem" }));
    const input = `inputs:\n  update_key:\n    path: update.pub\n    sha256: ${await sha256File(key)}\n`;
    await rig.edit(yaml, "inputs:\n", input);
    // Little in the slots, as each byte takes long under emulation.
    await rig.edit(yaml, "size: 4GiB", `size: ${size}`);
    await writeStep(join(rig.path, "stages/kn86-runtime/03-small"), small);
    disk = join(rig.path, "card.img");
  });
  afterAll(() => rig[Symbol.asyncDispose]());

  async function writeStep(directory: string, script: string): Promise<void> {
    await mkdir(directory);
    await writeFile(join(directory, "00-run.sh"), script, { mode: 0o755 });
  }

  /** Builds the image as another version, and gives its disk and its signed payload. */
  async function release(version: string): Promise<{ image: string; payload: string }> {
    await rig.edit(`apps/${name}/image.yaml`, /^ {2}version: .*/m, `  version: ${version}`);
    await rig.pibuild(["build", name, "--target", "payload"]);
    const payload = join(rig.path, `${version}.kn86fw`);
    await copyFile(join(rig.path, "dist", name, `${name}.kn86fw`), payload);
    await signPayload({ payload, signers: [signer] });
    return { image: join(rig.path, "dist", name, `${name}.img`), payload };
  }

  /** A disk with a script, and a payload beside it. */
  async function scriptDisk(script: string, payload: string): Promise<string> {
    const directory = await mkdtemp(join(rig.path, "second-"));
    const tree = join(directory, "tree");
    await mkdir(tree);
    await writeFile(join(tree, "run"), script);
    await cp(payload, join(tree, "payload"));
    const image = join(directory, "image");
    await exec.run({ program: "mke2fs", args: ["-q", "-t", "ext4", "-d", tree, image, "1G"] });
    await rm(tree, { recursive: true });
    return image;
  }

  /** sha256 of what nOSh saved on p6, read without mounting it. */
  async function saved(): Promise<string> {
    const { start } = await partitionOf(disk, 6);
    const copy = join(rig.path, "saved");
    await rm(copy, { force: true });
    // debugfs takes no path with a space.
    const args = ["-R", "dump /deck/save saved", `${disk}?offset=${start}`];
    await exec.run({ program: "debugfs", args, cwd: rig.path });
    return sha256File(copy);
  }

  const apply = async (payload: string, first = ""): Promise<AbBoot> =>
    bootSlot(disk, {
      words: runScript,
      second: await scriptDisk(`${first}exec kn86-update apply /mnt/payload\n`, payload),
    });
  const expectKioskInSlotB = (boot: AbBoot) => {
    expect(boot.partition).toBe(3);
    const check = JSON.parse(/PIBUILD-CHECK (\{.*\})/.exec(boot.console)?.[1] ?? "{}");
    expect(check).toMatchObject({ state: "running", failed: [], root: { fstype: "ext4" } });
    expectKiosk(boot.console, {
      buildId: /^unversioned 20/,
      root: /^\/dev\/vda5 ext4 rw,/,
      boot: /^\/dev\/vda3 vfat ro,/,
    });
  };

  boots("applied, tried, kept; and one that is not healthy is left again", async () => {
    const first = await release("0.1.0");
    await exec.run({ program: "cp", args: ["--sparse=always", first.image, disk] });

    const second = await release("0.2.0");
    const applied = await apply(second.payload, saving);
    expect(applied, applied.console.slice(-4000)).toMatchObject({ partition: 2, next: "tryboot" });
    expect(await saved()).toBe(save);

    // The power goes as soon as the update was kept.
    const tried = await bootSlot(disk, {
      tryboot: true,
      words: talkative,
      cutAt: /kn86-update: slot b is kept/,
    });
    expect(tried, tried.console.slice(-4000)).toMatchObject({ partition: 3, next: "off" });
    expect(tried.console).toContain("slot b is kept");
    expect(await saved()).toBe(save);

    // What was kept is started by itself, and takes an update as the first system did.
    await appendFile(join(rig.path, "stages/kn86-runtime/02-update/files/10-kiosk"), "exit 1\n");
    const bad = await release("0.3.0");
    const again = await apply(bad.payload);
    expect(again, again.console.slice(-4000)).toMatchObject({ partition: 3, next: "tryboot" });
    const refused = await bootSlot(disk, { tryboot: true, words: talkative });
    expect(refused, refused.console.slice(-4000)).toMatchObject({ partition: 2, next: "normal" });
    expect(refused.console).toContain("unhealthy: 10-kiosk failed");
    const back = await bootSlot(disk, { words: checked });
    expectKioskInSlotB(back);
    expect(back.console).toContain("version 0.3.0 was not kept");
    expect(await saved()).toBe(save);
  });
}
