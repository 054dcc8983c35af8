import type { Slot } from "../../src/format/manifest.ts";
import { cmdline, type systemImages } from "../rig.ts";
import type { Machine, MachineOptions } from "./machine.ts";

type Images = ReturnType<typeof systemImages>;

export const otherSlot = { a: "b", b: "a" } as const;

/** The boot image as a slot holds it: with the slot's own `cmdline.txt`. */
export function bootOf({ boot }: Images, slot: Slot): Buffer {
  const bytes = Buffer.from(boot);
  cmdline[slot].copy(bytes, cmdline.offset);
  return bytes;
}

/** The partitions of a device with one system in a slot, and noise in the other. */
export function slotPartitions(slot: Slot, images: Images) {
  const other = otherSlot[slot];
  return {
    [`boot-${slot}`]: bootOf(images, slot),
    [`root-${slot}`]: images.root,
    [`boot-${other}`]: Buffer.alloc(images.boot.length, "noise"),
    [`root-${other}`]: Buffer.alloc(images.root.length, "noise"),
  } satisfies MachineOptions["partitions"];
}

/** Both partitions of a slot, and what they hold after these images were put there. */
export async function slotOf(machine: Machine, slot: Slot) {
  const [boot, root] = [`boot-${slot}`, `root-${slot}`] as const;
  return { boot: await machine.partition(boot), root: await machine.partition(root) };
}

export function slotHolding(images: Images, slot: Slot) {
  return { boot: bootOf(images, slot), root: images.root };
}

/** Everything that an update may touch, for "nothing was written". */
export async function everything(machine: Machine) {
  return {
    common: await machine.partition("common"),
    a: await slotOf(machine, "a"),
    b: await slotOf(machine, "b"),
    pending: await machine.read("home/shared/.kn86/pending").catch(() => undefined),
    floor: await machine.read("home/shared/.kn86/floor").catch(() => undefined),
  };
}
