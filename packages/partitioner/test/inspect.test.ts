import { readFile, writeFile } from "node:fs/promises";
import { formatAutoboot } from "@pibuild/pi-boot";
import { needs } from "@pibuild/test-kit";
import { expect } from "vitest";
import { partuuids } from "../src/ids/partuuids.ts";
import { openDisk } from "../src/read/disk-reader.ts";
import { inspectDisk, sharedPartition } from "../src/read/inspect-disk.ts";
import { abSeed, createAbRig } from "./ab-rig.ts";
import { createRig, diskTools, exec, type Rig } from "./rig.ts";

const it = needs(...diskTools, "sfdisk", "bash");

async function inspect(path: string) {
  await using disk = await openDisk(path);
  return await inspectDisk(disk);
}

for (const table of ["mbr", "gpt", "gpt-hybrid"] as const) {
  it(`an A/B disk with a ${table} table tells its slots and which of them starts`, async () => {
    await using rig = await createAbRig(table);
    await rig.assemble();
    const inspection = await inspect(rig.output);
    const { table: read, partitions, slots, boot } = inspection;
    const rootA = table === "mbr" ? 5 : 4;
    expect(read).toMatchObject({ kind: table, problems: [] });
    expect(partitions.map(({ filesystem, blank }) => filesystem?.label ?? blank)).toEqual([
      "COMMON",
      "BOOT",
      true,
      "root",
      true,
      "shared",
    ]);
    const root = `PARTUUID=${partuuids(rig.layout, abSeed)["root-a"]}`;
    expect(slots).toEqual([{ boot: 2, root, rootNumber: rootA }]);
    expect(boot).toMatchObject({ from: "autoboot.txt", partition: 2, autoboot: { tryboot: 3 } });
    expect(sharedPartition(inspection)?.number).toBe(rootA + 2);
  });
}

it("slots that were swapped, and what the firmware passes over, are told", async () => {
  await using rig = await createAbRig();
  await rig.assemble({ populateBoth: true });
  const image = await readFile(rig.output);
  const at = image.indexOf(formatAutoboot({ boot: 2, tryboot: 3 }));
  formatAutoboot({ boot: 3, tryboot: 2 }).copy(image, at);
  await writeFile(rig.output, image);
  const swapped = await inspect(rig.output);
  expect(swapped.boot).toMatchObject({ partition: 3, autoboot: { tryboot: 2 } });
  expect(swapped.slots).toMatchObject([
    { boot: 2, rootNumber: 4 },
    { boot: 3, rootNumber: 5 },
  ]);
  image.write("[pi9]", at);
  await writeFile(rig.output, image);
  expect((await inspect(rig.output)).boot).toMatchObject({
    from: "autoboot.txt",
    partition: 2,
    ignored: [{ at: { line: 1 } }],
  });
});

/** A disk of somebody else's tools: a table by sfdisk, filesystems by mkfs with their own defaults. */
async function foreignDisk(rig: Rig, table: string, parts: readonly string[]): Promise<void> {
  await rig.write({ table });
  await rig.shell(`truncate -s 512M disk.img; sfdisk -q disk.img <table`);
  for (const part of parts) await rig.shell(part);
}

/** Makes a filesystem in a file and puts it at a MiB of the disk. */
const put = (atMiB: number, sizeMiB: number, make: string) =>
  `truncate -s ${sizeMiB}M part; ${make}; dd if=part of=disk.img bs=1M seek=${atMiB} conv=notrunc status=none; rm part`;

it("an image of Raspberry Pi OS is read", async () => {
  await using rig = await createRig();
  await rig.write({ "cmdline.txt": "console=tty1 root=PARTUUID=4b4e3836-02 rootwait\n" });
  await foreignDisk(rig, "label: dos\nlabel-id: 0x4b4e3836\n8192,131072,c\n139264,262144,83\n", [
    put(4, 64, "mkfs.vfat -F 32 -n bootfs part >out; mcopy -i part cmdline.txt ::"),
    put(68, 128, "mke2fs -q -t ext4 -L rootfs part"),
  ]);
  const { table, partitions, slots, boot } = await inspect(rig.output);
  expect(table).toMatchObject({ kind: "mbr", problems: [] });
  expect(partitions.map(({ filesystem }) => [filesystem?.type, filesystem?.label])).toEqual([
    ["fat32", "bootfs"],
    ["ext4", "rootfs"],
  ]);
  expect(slots).toEqual([{ boot: 1, root: "PARTUUID=4b4e3836-02", rootNumber: 2 }]);
  expect(boot).toEqual({ from: "default", partition: 1 });
});

it("an image of rpi-image-gen's slots is read", async () => {
  await using rig = await createRig();
  await rig.write({
    "autoboot.txt": "[all]\ntryboot_a_b=1\nboot_partition=2\n\n[tryboot]\nboot_partition=3\n",
    "cmdline.txt": "root=/dev/disk/by-slot/active/system rootwait\n",
    "root.d/etc/os-release": "ID=x\n",
  });
  const names = ["bootconfig", "boot_a", "boot_b", "system_a", "system_b", "persistent"];
  const sizes = [32, 40, 40, 32, 32, 64];
  const starts = sizes.map((_, index) => 8 + sizes.slice(0, index).reduce((a, b) => a + b, 0));
  const rows = names.map(
    (name, i) =>
      `start=${(starts[i] ?? 0) * 2048}, size=${(sizes[i] ?? 0) * 2048}, name=${name}, type=${i < 3 ? "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7" : "L"}`,
  );
  const slot = "mkfs.vfat -F 32 -s 1 -n BOOT part >out; mcopy -i part cmdline.txt ::";
  await foreignDisk(rig, `label: gpt\n${rows.join("\n")}\n`, [
    put(8, 32, "mkfs.vfat -n BOOTCONF part >out; mcopy -i part autoboot.txt ::"),
    ...[40, 80].map((at) => put(at, 40, slot)),
    put(120, 32, "mke2fs -q -t ext4 -L system -d root.d part"),
    put(216 - 32, 64, "mke2fs -q -t ext2 -L data part"),
  ]);
  const { table, partitions, slots, boot } = await inspect(rig.output);
  expect(table).toMatchObject({ kind: "gpt", problems: [] });
  expect(partitions.map(({ name, filesystem, blank }) => [name, filesystem?.type, blank])).toEqual([
    // 32 MiB without -F: it is a FAT16.
    ["bootconfig", "fat16", false],
    ["boot_a", "fat32", false],
    ["boot_b", "fat32", false],
    ["system_a", "ext4", false],
    ["system_b", undefined, true],
    ["persistent", "ext2", false],
  ]);
  const root = "/dev/disk/by-slot/active/system";
  expect(slots).toEqual([
    { boot: 2, root },
    { boot: 3, root },
  ]);
  expect(boot).toMatchObject({ from: "autoboot.txt", partition: 2, autoboot: { tryboot: 3 } });
});

it("an image of Ubuntu's, whose kernels are below a prefix, tells what starts and what is tried", async () => {
  await using rig = await createRig();
  const lines = [
    "[all]",
    "os_prefix=current/",
    "[tryboot]",
    "os_prefix=new/",
    "[all]",
    "arm_64bit=1",
  ];
  const config = [
    ...lines,
    "kernel=vmlinuz",
    "cmdline=cmdline.txt",
    "initramfs initrd.img followkernel",
    "",
  ];
  const files = ["vmlinuz", "initrd.img", "bcm2710-rpi-3-b.dtb", "bcm2711-rpi-4-b.dtb"];
  const system = (name: string, root: string) =>
    Object.fromEntries([
      ...files.map((file) => [`boot.d/${name}/${file}`, "x"]),
      [`boot.d/${name}/cmdline.txt`, `console=tty1 root=${root} rootwait\n`],
    ]);
  await rig.write({
    "boot.d/autoboot.txt": "[all]\ntryboot_a_b=1\nPARTITION_WALK=1\n",
    "boot.d/config.txt": config.join("\n"),
    ...system("current", "LABEL=writable"),
    ...system("new", "/dev/mmcblk0p3"),
  });
  await foreignDisk(
    rig,
    "label: dos\nlabel-id: 0x4b4e3836\n8192,131072,c\n139264,131072,83\n270336,,83\n",
    [
      put(4, 64, "mkfs.vfat -F 32 -n system-boot part >out; mcopy -s -i part boot.d/* ::"),
      put(68, 64, "mke2fs -q -t ext4 -L writable part"),
    ],
  );
  const { slots, boot } = await inspect(rig.output);
  const able = ["pi3", "pi3+", "pi4", "pi400", "cm4", "cm4s"];
  const found = (name: string) => ({
    ...{ boot: 1, cmdline: `${name}/cmdline.txt`, models: able },
    kernels: [{ kernel: `${name}/vmlinuz`, initramfs: [`${name}/initrd.img`], models: able }],
  });
  expect(slots).toEqual([
    { ...found("current"), root: "LABEL=writable", rootNumber: 2 },
    { ...found("new"), tryboot: true, root: "/dev/mmcblk0p3", rootNumber: 3 },
  ]);
  expect(boot).toMatchObject({ from: "autoboot.txt", partition: 1, autoboot: { abUpdate: true } });
  expect(boot).toMatchObject({ ignored: [{ at: { line: 3 } }] });
});

it("the first partition that boots is started, be it the second with FAT", async () => {
  await using rig = await createRig();
  await rig.write({ "config.txt": "\n", "cmdline.txt": "root=/dev/sda2\n" });
  await foreignDisk(rig, "label: dos\n8192,131072,c\n139264,131072,c\n", [
    put(4, 64, "mkfs.vfat -F 32 -n DATA part >out"),
    put(68, 64, "mkfs.vfat -F 32 -n BOOT part >out; mcopy -i part config.txt cmdline.txt ::"),
  ]);
  const { boot, slots } = await inspect(rig.output);
  expect(boot).toEqual({ from: "default", partition: 2 });
  expect(slots).toEqual([{ boot: 2, root: "/dev/sda2", rootNumber: 2 }]);
});

it("slots that are told apart by the number of their partition have each a root of its own", async () => {
  await using rig = await createRig();
  await rig.write({
    "autoboot.txt":
      "[all]\ntryboot_a_b=1\nboot_partition=1\nboot_partition_fallback=2\n[tryboot]\nboot_partition=2\n",
    "config.txt":
      "[boot_partition=1]\ncmdline=a.txt\n[boot_partition=2]\ncmdline=b.txt\n[gpio4=1]\nkernel=x\n",
    "a.txt": "root=/dev/mmcblk0p5\n",
    "b.txt": "root=/dev/mmcblk0p6\n",
  });
  const files = "autoboot.txt config.txt a.txt b.txt";
  const make = `mkfs.vfat -F 32 part >out; mcopy -i part ${files} ::`;
  await foreignDisk(rig, "label: dos\n8192,131072,c\n139264,131072,c\n", [
    put(4, 64, make),
    put(68, 64, make),
  ]);
  const { slots, boot } = await inspect(rig.output);
  expect(slots).toMatchObject([
    { boot: 1, cmdline: "a.txt", root: "/dev/mmcblk0p5" },
    { boot: 2, cmdline: "b.txt", root: "/dev/mmcblk0p6" },
  ]);
  // Below two filters, of which the first one fails for slot A.
  expect(slots.map(({ undecided }) => undecided)).toEqual([
    undefined,
    [{ file: "config.txt", line: 6, text: "kernel=x", filters: ["gpio4=1"] }],
  ]);
  expect(boot).toMatchObject({ partition: 1, autoboot: { tryboot: 2 } });
});

it("a filesystem without a table is told from a table", async () => {
  await using rig = await createRig();
  await rig.shell("truncate -s 64M disk.img");
  await exec.run({ program: "mkfs.vfat", args: ["-F", "32", rig.output] });
  expect((await inspect(rig.output)).table).toEqual({ kind: "none", problems: [] });
});
