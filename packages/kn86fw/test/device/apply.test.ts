import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { cmdline, createRig, systemImages } from "../rig.ts";
import { createMachine, type MachineOptions } from "./machine.ts";

/** What a slot's boot partition holds after an update: the image with the slot's own `cmdline.txt`. */
function bootOf(boot: Buffer, slot: "a" | "b"): Buffer {
  const bytes = Buffer.from(boot);
  cmdline[slot].copy(bytes, cmdline.offset);
  return bytes;
}

/** Partitions that hold this system in a slot, and noise in the other one. */
function partitions(slot: "a" | "b", images: { boot: Buffer; root: Buffer }) {
  const noise = (size: number) => Buffer.alloc(size, "noise");
  const other = slot === "a" ? "b" : "a";
  return {
    [`boot-${slot}`]: bootOf(images.boot, slot),
    [`root-${slot}`]: images.root,
    [`boot-${other}`]: noise(images.boot.length),
    [`root-${other}`]: noise(images.root.length),
  } as NonNullable<MachineOptions["partitions"]>;
}

for (const slot of ["a", "b"] as const) {
  const other = slot === "a" ? "b" : "a";
  test(`from slot ${slot}, a full payload fills slot ${other}, and nothing else`, async () => {
    await using rig = await createRig();
    const [old, images] = [systemImages("old"), systemImages("new")];
    const payload = await rig.payload("new.kn86fw", images);
    await using machine = await createMachine({ slot, partitions: partitions(slot, old) });
    const common = await machine.partition("common");
    const { exitCode, stderr } = await machine.update("apply", payload);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(await machine.partition(`root-${other}`)).toEqual(images.root);
    expect(await machine.partition(`boot-${other}`)).toEqual(bootOf(images.boot, other));
    expect(await machine.partition(`root-${slot}`)).toEqual(old.root);
    expect(await machine.partition(`boot-${slot}`)).toEqual(bootOf(old.boot, slot));
    expect(await machine.partition("common")).toEqual(common);
    expect(await machine.reboots()).toEqual(["0 tryboot"]);
    expect((await readFile(machine.path("home/shared/.kn86/pending"), "utf8")).split("\n")).toEqual([
      `SLOT=${other}`,
      "VERSION=1.2.0",
      "SECURITY_EPOCH=3",
      expect.stringMatching(/^MANIFEST=[0-9a-f]{64}$/),
      "",
    ]);
  });
}
