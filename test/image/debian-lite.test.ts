import { appendFile, chmod, mkdtemp, open, readFile, rm, stat, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec, sha256File } from "@pibuild/core";
import { boardKernels, boards } from "@pibuild/pi-boot";
import { bootImage, bootPartitionOffset, listBootFiles, needs } from "@pibuild/test-kit";
import { afterAll, beforeAll, expect } from "vitest";
import { boardsStarted, readFromRoot } from "./boards-started.ts";
import { foreignPrograms } from "./foreign-programs.ts";
import { type BuildSummary, build, cloneRig, createImageRig, ran } from "./image-rig.ts";

const image = needs(
  "root",
  "mksquashfs",
  "mmdebstrap",
  "mke2fs",
  "mcopy",
  "fsck.ext4",
  "fsck.vfat",
  "sfdisk",
);
const exec = createExec();
const rig = await createImageRig();
afterAll(() => rig[Symbol.asyncDispose]());

const dist = join(rig.path, "dist", "debian-lite");
const disk = join(dist, "debian-lite.img");

/** The cold build that the tests of this file look at; those that edit do so in a clone. */
let cold: BuildSummary;
beforeAll(async () => {
  // The form is the same, and takes a third of the time.
  await rig.edit("apps/debian-lite/image.yaml", "level: 2", "level: 0");
  cold = await build(rig, "artifacts");
});

image("a cold build gives the compressed image and its checksum", async () => {
  expect(ran(cold)).toEqual(cold.steps.map(({ step }) => step));
  const checksum = await readFile(join(dist, "debian-lite.img.xz.sha256"), "utf8");
  expect(checksum).toBe(
    `${await sha256File(join(dist, "debian-lite.img.xz"))}  debian-lite.img.xz\n`,
  );
});

image("a rerun with nothing changed executes nothing and writes nothing", async () => {
  const before = await stat(join(dist, "debian-lite.img.xz"));
  const summary = await build(rig, "artifacts");
  expect(summary.fresh).toBe(true);
  expect(ran(summary)).toEqual([]);
  expect((await stat(join(dist, "debian-lite.img.xz"))).ctimeMs).toBe(before.ctimeMs);
});

image("the table is an MBR with a FAT32 boot and a Linux root partition", async () => {
  const { stdout } = await exec.run({ program: "sfdisk", args: ["--json", disk] });
  const { partitiontable } = JSON.parse(stdout);
  expect(partitiontable.label).toBe("dos");
  expect(partitiontable.partitions.map(({ type }: { type: string }) => type)).toEqual(["c", "83"]);
  expect(partitiontable.partitions[0].start * 512).toBe(bootPartitionOffset);
});

image("both filesystems are clean", async () => {
  const { stdout } = await exec.run({ program: "sfdisk", args: ["--json", disk] });
  const scratch = await mkdtemp(join(tmpdir(), "pibuild-fsck-"));
  for (const [index, program] of (["fsck.vfat", "fsck.ext4"] as const).entries()) {
    const { start, size } = JSON.parse(stdout).partitiontable.partitions[index];
    const partition = join(scratch, program);
    await copyRange(disk, partition, start * 512, size * 512);
    await exec.run({
      program,
      args: program === "fsck.ext4" ? ["-fn", partition] : ["-n", partition],
    });
  }
  await rm(scratch, { recursive: true });
});

image("the boot partition holds what a Raspberry Pi starts from", async () => {
  const files = await listBootFiles(disk);
  for (const name of ["bootcode.bin", "start4.elf", "fixup4.dat", "config.txt", "cmdline.txt"]) {
    expect(files).toContain(name);
  }
  for (const pattern of [/^vmlinuz-/, /^initrd\.img-/, /^bcm2711-rpi-4-b\.dtb$/]) {
    expect(files).toContainEqual(expect.stringMatching(pattern));
  }
});

image("it starts on the boards that the table of boards says", async () => {
  const said = boards.filter((board) => boardKernels.debian.bookworm[board].boots);
  expect(await boardsStarted(disk)).toEqual(said);
});

needs(
  "qemu-system-aarch64",
  "mcopy",
  "root",
  "mmdebstrap",
)("the image boots to a login prompt, healthy, from its partitions by PARTUUID", async () => {
  const untouched = await sha256File(disk);
  const { console, check } = await bootImage(disk);
  expect(console).toMatch(/debian-lite login:/);
  expect(check).toMatchObject({
    state: "running",
    failed: [],
    machineId: true,
    sshHostKeys: true,
    hostname: "debian-lite",
  });
  const fstab = await readFromRoot(disk, "/etc/fstab");
  expect(fstab).toContain(`PARTUUID=${check.root.partuuid}`);
  expect(fstab).toContain(`PARTUUID=${check.boot.partuuid}`);
  expect(check.root.partuuid.replace(/02$/, "01")).toBe(check.boot.partuuid);
  expect(await sha256File(disk)).toBe(untouched);
});

image("touching only times executes nothing", async () => {
  await utimes(join(rig.path, "stages/debian-lite/05-user/00-run.sh"), 1, 1);
  await utimes(join(rig.path, "stages/debian-base/prerun.sh"), 1, 1);
  const summary = await build(rig, "artifacts");
  expect(summary.fresh).toBe(true);
  expect(ran(summary)).toEqual([]);
});

image("another TARGET_HOSTNAME changes the step that names it, and no other", async () => {
  const plan = JSON.parse(
    await rig.pibuild(["plan", "debian-lite", "--json"], { TARGET_HOSTNAME: "other" }),
  );
  const changed = plan.steps.filter(({ kind }: { kind: string }) => kind === "changed");
  expect(changed).toEqual([
    expect.objectContaining({ step: "export/02-identity", fields: ["settings/TARGET_HOSTNAME"] }),
  ]);
});

image(
  "editing a file of the last stage executes its step and what follows, nothing before; the image has another name",
  async () => {
    await using clone = await cloneRig(rig);
    const env = { TARGET_HOSTNAME: "other" };
    const plan = JSON.parse(await clone.pibuild(["plan", "debian-lite", "--json"]));
    const ids = plan.steps.map(({ step }: { step: string }) => step);
    await appendFile(
      join(clone.path, "stages/debian-lite/07-cloud-init/files/user-data"),
      "# edited\n",
    );
    const first = ids.indexOf("debian-lite/07-cloud-init");
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(ids.indexOf("export/02-identity"));
    expect(ran(await build(clone, "disk", env))).toEqual(ids.slice(first));
    const renamed = join(clone.path, "dist/debian-lite/debian-lite.img");
    expect(await readFromRoot(renamed, "/etc/hostname")).toBe("other");
  },
);

image("a run script that is no longer executable is noticed", async () => {
  await using clone = await cloneRig(rig);
  await chmod(join(clone.path, "stages/debian-lite/07-cloud-init/00-run.sh"), 0o644);
  const why = await clone.pibuild(["why", "debian-lite", "export/prerun"]);
  expect(why).toMatch(/^export\/prerun: after debian-lite\/prerun$/m);
  const plan = await clone.pibuild(["plan", "debian-lite"]);
  expect(plan).not.toContain("debian-lite/07-cloud-init");
});

image("nothing of the twin is in the image: no program is of another machine", async () => {
  expect(await foreignPrograms(rig.store)).toEqual([]);
});

/** Copies part of a file, leaving blocks of zeros out. */
async function copyRange(from: string, to: string, start: number, length: number): Promise<void> {
  const source = await open(from);
  const target = await open(to, "w");
  await target.truncate(length);
  const block = Buffer.alloc(1024 * 1024);
  const zeros = Buffer.alloc(block.length);
  for (let position = 0; position < length; position += block.length) {
    const { bytesRead } = await source.read(
      block,
      0,
      Math.min(block.length, length - position),
      start + position,
    );
    const piece = block.subarray(0, bytesRead);
    if (!piece.equals(zeros.subarray(0, bytesRead)))
      await target.write(piece, 0, bytesRead, position);
  }
  await source.close();
  await target.close();
}
