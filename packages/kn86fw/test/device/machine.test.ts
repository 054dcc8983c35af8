import { mkdir, readFile, rm, symlink } from "node:fs/promises";
import { createExec } from "@pibuild/core";
import { formatAutoboot } from "@pibuild/pi-boot";
import { needs } from "@pibuild/test-kit";
import { expect, test } from "vitest";
import { publicPems } from "../keys.ts";
import { createRig, systemImages } from "../rig.ts";
import { fatVolume } from "./fat-volume.ts";
import {
  createMachine,
  deviceNode,
  type Machine,
  type MachineOptions,
  updater,
} from "./machine.ts";
import { everything, slotPartitions } from "./slots.ts";

const old = systemImages("old");
const images = systemImages("new");
const partitions = slotPartitions("a", old);
const bootloader = "proc/device-tree/chosen/bootloader";
const line = (start: string) => ({
  stderr: expect.stringMatching(new RegExp(`^${start}: [^\n]+; [^\n]+$`)),
});

/** Applies a good payload to such a machine, and expects that nothing of it changed. */
async function refusal(options: MachineOptions, prepare?: (machine: Machine) => Promise<void>) {
  await using rig = await createRig();
  const payload = await rig.payload("new.kn86fw", images);
  await using machine = await createMachine({ partitions, ...options });
  await prepare?.(machine);
  const before = await everything(machine);
  const { exitCode, stderr } = await machine.update("apply", payload);
  expect(await everything(machine)).toEqual(before);
  return { exitCode, stderr };
}

const common = (boot: number, tryboot: number) => fatVolume(formatAutoboot({ boot, tryboot }));

test.for<[string, MachineOptions, ((machine: Machine) => Promise<void>)?]>([
  ["autoboot.txt names the other slot for normal boots", { boots: "b" }],
  ["autoboot.txt names this slot for normal boots, and it is tried", { tryboot: true }],
  [
    "autoboot.txt names partitions that are no slots",
    { partitions: { ...partitions, common: common(4, 5) } },
  ],
  ["there is no autoboot.txt", { partitions: { ...partitions, common: Buffer.alloc(65536) } }],
  [
    "autoboot.txt is longer than a sector",
    {},
    async (machine) => {
      const volume = await machine.partition("common");
      volume.writeUInt32LE(513, volume.lastIndexOf("AUTOBOOTTXT") + 28);
      await machine.write(deviceNode("common"), volume);
    },
  ],
  [
    "the directory is a ring",
    {},
    async (machine) => {
      const volume = await machine.partition("common");
      volume.write("REMOVED    ", volume.lastIndexOf("AUTOBOOTTXT"));
      volume.fill("X", volume.lastIndexOf("REMOVED"), volume.lastIndexOf("REMOVED") + 512);
      volume.writeUInt32LE(2, 32 * 512 + 4 * 4);
      await machine.write(deviceNode("common"), volume);
    },
  ],
  [
    "the firmware booted no slot",
    {},
    (machine) => machine.write(`${bootloader}/partition`, Buffer.from([0, 0, 0, 1])),
  ],
  ["the firmware says nothing", {}, (machine) => rm(machine.path(bootloader), { recursive: true })],
  [
    "the kernel has the other root",
    {},
    (machine) => machine.write("proc/cmdline", "root=PARTUUID=4b4e3836-05\n"),
  ],
  [
    "the kernel's root is no partition",
    {},
    (machine) => machine.write("proc/cmdline", "root=/dev/nfs\n"),
  ],
  [
    "a partition is missing",
    {},
    (machine) => rm(machine.path("sys/devices/mmc/block/mmcblk0/mmcblk0p6/partition")),
  ],
])("slot: %s", async ([, options, prepare]) => {
  expect(await refusal(options, prepare)).toEqual({ exitCode: 10, ...line("slot") });
});

test.for<[string, MachineOptions, ((machine: Machine) => Promise<void>)?]>([
  ["its boot partition is mounted", { mounts: { "boot-b": "/mnt/boot" } }],
  ["its root partition is mounted", { mounts: { "root-b": "/mnt/root" } }],
  [
    "it is mounted where another process sees it",
    {},
    (machine) =>
      machine.write("proc/77/mountinfo", "50 20 179:5 / /x ro - ext4 /dev/mmcblk0p5 ro\n"),
  ],
  [
    "it is swapped to",
    {},
    (machine) => machine.write("proc/swaps", "/dev/mmcblk0p5 partition 1 0 -2\n"),
  ],
  [
    "another device is on it",
    {},
    async (machine) => {
      const holders = machine.path("sys/class/block/mmcblk0p3/holders/dm-0");
      await mkdir(holders, { recursive: true });
    },
  ],
])("mounted: %s", async ([, options, prepare]) => {
  expect(await refusal(options, prepare)).toEqual({ exitCode: 12, ...line("mounted") });
});

test.for<[string, MachineOptions, ((machine: Machine) => Promise<void>)?]>([
  ["the place for what it remembers is not mounted", { mounts: { shared: "/mnt" } }],
  [
    "somebody put a symlink there",
    {},
    async (machine) => {
      await mkdir(machine.path("elsewhere"));
      await symlink(machine.path("elsewhere"), machine.path("home/shared/.kn86"));
    },
  ],
  ["the device does not know its version", { device: { VERSION: "later" } }],
])("failed: %s", async ([, options, prepare]) => {
  expect(await refusal(options, prepare)).toEqual({ exitCode: 1, ...line("failed") });
});

test("a device without keys takes nothing, and files that are none are passed over", async () => {
  expect(await refusal({ keys: {} })).toEqual({ exitCode: 15, ...line("key") });
  const keys = { "0-none.pub": "none\n", "1-first.pub": publicPems.first };
  await using rig = await createRig();
  const payload = await rig.payload("new.kn86fw", images);
  await using machine = await createMachine({ partitions, keys });
  expect(await machine.update("apply", payload)).toMatchObject({ exitCode: 0, stderr: "" });
});

test("two do not work at a time", async () => {
  await using machine = await createMachine({ partitions });
  const lock = machine.path("run/kn86-update.lock");
  const { exitCode, stderr } = await createExec().run({
    program: "flock",
    args: [lock, updater, "status"],
    env: { KN86_ROOT: machine.root },
    allowExit: [3],
  });
  expect({ exitCode, stderr }).toEqual({ exitCode: 3, ...line("busy") });
});

test.for([
  [],
  ["apply"],
  ["flash"],
  ["apply", "--force", "x"],
  ["health", "--no-reboot"],
  ["verify", "one", "two"],
  ["confirm", "it"],
])("usage: %j", async (args) => {
  await using machine = await createMachine({ partitions });
  expect(await machine.update(...args)).toMatchObject({ exitCode: 2, ...line("usage") });
});

test("what is no file is no payload", async () => {
  await using machine = await createMachine({ partitions });
  const { exitCode, stderr } = await machine.update("apply", machine.path("nowhere"));
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, ...line("failed") });
});

const says = async (machine: Machine) =>
  (await machine.update("status")).stdout.split("\n").slice(0, 2);

test("on a virtual machine, the kernel's command line says what a firmware would", async () => {
  await using machine = await createMachine({ partitions });
  await machine.write(
    "proc/cmdline",
    "root=PARTUUID=4b4e3836-05 kn86.partition=3 kn86.tryboot=1\n",
  );
  await machine.write("proc/device-tree/compatible", "linux,dummy-virt\0");
  // There is a firmware: only what it says counts.
  expect(await machine.update("status")).toMatchObject({ exitCode: 10 });
  await rm(machine.path(bootloader), { recursive: true });
  expect(await says(machine)).toEqual(["SLOT=b", "STATE=unconfirmed"]);
  await machine.write("proc/device-tree/compatible", "raspberrypi,model-zero-2-w\0brcm,bcm2837\0");
  expect(await machine.update("status")).toMatchObject({ exitCode: 10 });
});

test("in a table of the kind mbr, the last three partitions have other numbers", async () => {
  await using machine = await createMachine({ partitions, slot: "b" });
  const disk = "sys/devices/mmc/block/mmcblk0";
  for (const number of [6, 5, 4]) {
    const place = `${disk}/mmcblk0p${number}`;
    const next = `${disk}/mmcblk0p${number + 1}`;
    for (const name of ["partition", "start", "size", "dev"]) {
      const value =
        name === "partition" ? `${number + 1}` : await readFile(machine.path(`${place}/${name}`));
      await machine.write(`${next}/${name}`, value);
    }
  }
  await machine.write(`${disk}/mmcblk0p4/size`, "2\n");
  await symlink(
    `../../devices/mmc/block/mmcblk0/mmcblk0p7`,
    machine.path("sys/class/block/mmcblk0p7"),
  );
  await machine.write("dev/mmcblk0p7", "");
  await machine.write("proc/cmdline", "root=/dev/mmcblk0p6\n");
  expect(await says(machine)).toEqual(["SLOT=b", "STATE=confirmed"]);
});

needs("shellcheck")("shellcheck has nothing to say about it", async () => {
  await createExec().run({ program: "shellcheck", args: ["--shell=dash", updater] });
});
