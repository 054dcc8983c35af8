import { chmod, truncate } from "node:fs/promises";
import { createExec } from "@pibuild/core";
import { formatAutoboot } from "@pibuild/pi-boot";
import { needs } from "@pibuild/test-kit";
import { expect, test } from "vitest";
import { createRig, systemImages } from "../rig.ts";
import { autobootOffset } from "./fat-volume.ts";
import { createMachine, deviceNode, type Machine, type MachineOptions } from "./machine.ts";
import { everything, slotHolding, slotOf, slotPartitions } from "./slots.ts";

const old = systemImages("old");
const images = systemImages("new");
const partitions = slotPartitions("a", old);
/** What the new system says of itself. */
const updated = { VERSION: "1.2.0", SECURITY_EPOCH: 3 };
const namesB = formatAutoboot({ boot: 3, tryboot: 2 });
const pending = "SLOT=b\nVERSION=1.2.0\nSECURITY_EPOCH=3\nMANIFEST=0\n";

async function autoboot(machine: Machine): Promise<Buffer> {
  return (await machine.partition("common")).subarray(autobootOffset, autobootOffset + 512);
}

/** A machine that tries slot B for the first time. */
async function onTrial(options: MachineOptions = {}): Promise<Machine> {
  const machine = await createMachine({
    ...options,
    ...{ slot: "b", tryboot: true, boots: "a", device: updated },
    partitions: { ...slotPartitions("a", old) },
  });
  await machine.write("home/shared/.kn86/pending", pending);
  return machine;
}

test("an update is tried, confirmed, and the next one goes to the other slot", async () => {
  await using rig = await createRig();
  const payload = await rig.payload("new.kn86fw", images);
  await using machine = await createMachine({ partitions });
  const common = await machine.partition("common");
  expect(await machine.update("apply", payload)).toMatchObject({ exitCode: 0, stderr: "" });

  await machine.boot("b", true, updated);
  const trial = await everything(machine);
  const refused = await machine.update("apply", payload);
  expect(refused).toMatchObject({
    exitCode: 11,
    stderr: expect.stringMatching(/^unconfirmed: .+$/),
  });
  expect(await everything(machine)).toEqual(trial);
  expect(await machine.update("health")).toMatchObject({ exitCode: 0, stderr: "" });
  expect(await everything(machine)).toEqual(trial);
  expect(await machine.update("confirm")).toMatchObject({ exitCode: 0, stderr: "" });
  // Nothing of the first partition changed but the one sector.
  namesB.copy(common, autobootOffset);
  expect(await machine.partition("common")).toEqual(common);
  expect((await machine.read("home/shared/.kn86/floor")).toString()).toBe(
    "SECURITY_EPOCH=3\nVERSION=1.2.0\n",
  );
  expect((await everything(machine)).pending).toBeUndefined();

  await machine.boot("b", false);
  const settled = await everything(machine);
  expect(await machine.update("confirm")).toMatchObject({ exitCode: 0, stderr: "" });
  expect(await everything(machine)).toEqual(settled);
  expect(await machine.update("apply", payload)).toMatchObject({ exitCode: 0, stderr: "" });
  expect(await slotOf(machine, "a")).toEqual(slotHolding(images, "a"));
});

test("a system that is not healthy is not kept, and the old one says so", async () => {
  await using machine = await onTrial();
  await machine.write("etc/kn86/health.d/10-well", "#!/bin/sh\nexit 0\n");
  await machine.write("etc/kn86/health.d/20-ill", "#!/bin/sh\nexit 1\n");
  for (const name of ["10-well", "20-ill"])
    await chmod(machine.path(`etc/kn86/health.d/${name}`), 0o755);
  const before = await everything(machine);
  for (const command of ["health", "confirm"]) {
    const { exitCode, stderr } = await machine.update(command);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 4,
      stderr: expect.stringMatching(/^unhealthy: 20-ill failed; [^\n]*slot a$/),
    });
  }
  expect(await everything(machine)).toEqual(before);

  await machine.boot("a", false, { VERSION: "1.0.0" });
  const { exitCode, stdout } = await machine.update("confirm");
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining("1.2.0") });
  expect(await everything(machine)).toEqual({ ...before, pending: undefined });
});

test.for([
  ["nothing is pending", undefined],
  ["the other slot is pending", pending.replace("SLOT=b", "SLOT=a")],
  ["another version is pending", pending.replace("1.2.0", "1.3.0")],
])("on trial, %s: it is not kept", async ([, content]) => {
  await using machine = await onTrial();
  if (content === undefined) await machine.write("home/shared/.kn86/pending", "");
  else await machine.write("home/shared/.kn86/pending", content);
  const before = await everything(machine);
  expect(await machine.update("confirm")).toMatchObject({ exitCode: 4 });
  expect(await everything(machine)).toEqual(before);
});

test("the power went between the commit and the floor: the next boot raises it", async () => {
  await using machine = await createMachine({ slot: "b", device: updated, partitions });
  await machine.write("home/shared/.kn86/pending", pending);
  await machine.write("home/shared/.kn86/floor", "SECURITY_EPOCH=5\nVERSION=1.1.0\n");
  expect(await machine.update("confirm")).toMatchObject({ exitCode: 0, stderr: "" });
  expect(await everything(machine)).toMatchObject({
    pending: undefined,
    floor: Buffer.from("SECURITY_EPOCH=5\nVERSION=1.2.0\n"),
  });
});

test.for([2, 3] as const)(
  "half a sector was written, and partition %i boots: it stays",
  async (runs) => {
    await using rig = await createRig();
    const payload = await rig.payload("new.kn86fw", images);
    await using machine = await createMachine({
      slot: runs === 2 ? "a" : "b",
      device: updated,
      partitions,
    });
    await machine.write("home/shared/.kn86/pending", pending);
    const common = await machine.partition("common");
    const torn = Buffer.from(
      (await autoboot(machine)).toString().replaceAll(/=[23]\n/g, `=${runs}\n`),
    );
    torn.copy(common, autobootOffset);
    await machine.write(deviceNode("common"), common);

    const before = await everything(machine);
    expect(await machine.update("apply", payload)).toMatchObject({ exitCode: 10 });
    expect(await everything(machine)).toEqual(before);
    expect(await machine.update("confirm")).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await autoboot(machine)).toEqual(formatAutoboot({ boot: runs, tryboot: 5 - runs }));
    expect((await everything(machine)).pending).toBeUndefined();
    expect((await everything(machine)).floor !== undefined).toBe(runs === 3);
  },
);

test("status tells which slot runs, and what is remembered", async () => {
  await using machine = await onTrial();
  const { exitCode, stdout } = await machine.update("status");
  expect({ exitCode, lines: stdout.split("\n") }).toEqual({
    exitCode: 0,
    lines: [
      ...["SLOT=b", "STATE=unconfirmed", "VERSION=1.2.0", "SECURITY_EPOCH=3"],
      ...["FLOOR_VERSION=1.2.0", "FLOOR_SECURITY_EPOCH=3", "PENDING=b"],
    ],
  });
});

needs(
  "mkfs.vfat",
  "mcopy",
  "fsck.vfat",
)("autoboot.txt is found and changed on a volume that mkfs.vfat made", async () => {
  await using machine = await onTrial();
  const node = machine.path(deviceNode("common"));
  const exec = createExec();
  await machine.write(deviceNode("common"), "");
  await machine.write("autoboot.txt", formatAutoboot({ boot: 2, tryboot: 3 }));
  await machine.write("sys/class/block/mmcblk0p1/size", `${64 * 2048}\n`);
  await truncate(node, 64 * 1024 ** 2);
  await exec.run({ program: "mkfs.vfat", args: ["-F", "32", "-s", "1", "-n", "COMMON", node] });
  // Names so long that the directory goes on in further clusters.
  for (let index = 0; index < 8; index++) {
    const name = `${"a long name of a file ".repeat(4)}${index}`;
    await exec.run({
      program: "mcopy",
      args: ["-i", node, machine.path("proc/swaps"), `::${name}`],
    });
  }
  await exec.run({ program: "mcopy", args: ["-i", node, machine.path("autoboot.txt"), "::"] });
  expect(await machine.update("confirm")).toMatchObject({ exitCode: 0, stderr: "" });
  const read = await exec.run({ program: "mcopy", args: ["-i", node, "::autoboot.txt", "-"] });
  expect(read.stdout).toBe(namesB.toString().replace(/\n$/, ""));
  await exec.run({ program: "fsck.vfat", args: ["-n", node] });
});

test("the first partition is not mounted while its sector is written, and is again afterwards", async () => {
  await using machine = await onTrial({ mounts: { common: "/boot/common" } });
  const table = machine.path("proc/1/mountinfo");
  const note = `echo "\${0##*/} $*" >>'${machine.path("mounts")}'`;
  await machine.write("bin/mount", `#!/bin/sh\n${note}\n`);
  await machine.write("bin/umount", "#!/bin/sh\nexit 32\n");
  for (const name of ["mount", "umount"]) await chmod(machine.path(`bin/${name}`), 0o755);
  const before = await everything(machine);
  const { exitCode, stderr } = await machine.update("confirm");
  expect({ exitCode, stderr }).toEqual({
    exitCode: 12,
    stderr: expect.stringMatching(/^mounted: .+$/),
  });
  expect(await everything(machine)).toEqual(before);

  await machine.write("bin/umount", `#!/bin/sh\n${note}\nsed -i '/179:1 /d' '${table}'\n`);
  expect(await machine.update("confirm")).toMatchObject({ exitCode: 0, stderr: "" });
  expect(await autoboot(machine)).toEqual(namesB);
  const node = machine.path(deviceNode("common"));
  expect((await machine.read("mounts")).toString().split("\n")).toEqual([
    "umount /boot/common",
    `mount -o rw,nosuid ${node} /boot/common`,
    "",
  ]);
});
