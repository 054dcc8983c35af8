import { rm, symlink } from "node:fs/promises";
import { createExec } from "@pibuild/core";
import { formatAutoboot } from "@pibuild/pi-boot";
import { needs } from "@pibuild/test-kit";
import { expect } from "vitest";
import type { Role } from "../crash/operation.ts";
import { createRig, systemImages } from "../rig.ts";
import { autobootOffset } from "./fat-volume.ts";
import { createMachine, deviceNode, type Machine } from "./machine.ts";
import { recordUpdate } from "./record.ts";
import { slotHolding, slotPartitions } from "./slots.ts";

const exec = createExec();
const old = systemImages("old");
const images = systemImages("new");

/** Puts a block device in a partition's place; its content is in the file that is returned. */
async function asBlockDevice(machine: Machine, role: Role) {
  const file = `${role}.img`;
  await machine.write(file, await machine.partition(role));
  const args = ["--find", "--show", machine.path(file)];
  const device = (await exec.run({ program: "losetup", args })).stdout;
  await rm(machine.path(deviceNode(role)));
  await symlink(device, machine.path(deviceNode(role)));
  return {
    read: () => machine.read(file),
    async [Symbol.asyncDispose]() {
      await exec.run({ program: "losetup", args: ["--detach", device] });
    },
  };
}

/** The calls of the trace that went past the cache. */
async function directCalls(machine: Machine): Promise<string[]> {
  const trace = (await machine.read("trace")).toString("latin1");
  return trace.split("\n").filter((line) => /O_DIRECT\b/.test(line));
}

needs(
  "root",
  "losetup",
  "strace",
)("what was written to block devices is read back past the cache", async () => {
  await using rig = await createRig();
  const payload = await rig.payload("new.kn86fw", images);
  await using machine = await createMachine({ partitions: slotPartitions("a", old) });
  await using boot = await asBlockDevice(machine, "boot-b");
  await using root = await asBlockDevice(machine, "root-b");
  const { result } = await recordUpdate(machine, ["apply", payload]);
  expect(result).toMatchObject({ exitCode: 0, stderr: "" });
  const content = { boot: await boot.read(), root: await root.read() };
  expect(content).toEqual(slotHolding(images, "b"));
  // The first sector is written twice; the root, the rest of the boot partition, and that sector are read.
  const calls = await directCalls(machine);
  expect(calls.filter((line) => /O_WRONLY|O_RDWR/.test(line))).toHaveLength(2);
  expect(calls.filter((line) => /O_RDONLY/.test(line))).toHaveLength(3);
});

needs(
  "root",
  "losetup",
  "strace",
)("the sector of autoboot.txt is written past the cache, and alone", async () => {
  await using machine = await createMachine({
    ...{ slot: "b", tryboot: true, boots: "a", device: { VERSION: "1.2.0", SECURITY_EPOCH: 3 } },
    partitions: slotPartitions("a", old),
  });
  await machine.write("home/shared/.kn86/pending", "SLOT=b\nVERSION=1.2.0\nSECURITY_EPOCH=3\n");
  const wanted = await machine.partition("common");
  formatAutoboot({ boot: 3, tryboot: 2 }).copy(wanted, autobootOffset);
  await using common = await asBlockDevice(machine, "common");
  const { result } = await recordUpdate(machine, ["confirm"]);
  expect(result).toMatchObject({ exitCode: 0, stderr: "" });
  expect(await common.read()).toEqual(wanted);
  // Read, written, read again.
  const calls = await directCalls(machine);
  expect(calls.filter((line) => /O_WRONLY|O_RDWR/.test(line))).toHaveLength(1);
  expect(calls).toHaveLength(3);
});
