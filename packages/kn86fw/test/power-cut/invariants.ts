import type { Floor } from "../../src/device/device-facts.ts";
import type { Slot } from "../../src/format/manifest.ts";
import { compareVersions } from "../../src/format/version.ts";
import { chooseBoot, looksBootable } from "./boot-rom.ts";
import type { CrashPoint } from "./crash-points.ts";
import { type Layout, slotOn } from "./disk.ts";

/** A system that may be found on a disk: its bytes as slot A and as slot B have them. */
export interface KnownSystem extends Floor {
  readonly name: string;
  readonly boot: Readonly<Record<Slot, Buffer>>;
  readonly root: Buffer;
}

/** Which of the systems is in a slot, whole. */
export function systemIn(
  disk: Buffer,
  layout: Layout,
  slot: Slot,
  systems: readonly KnownSystem[],
): KnownSystem | undefined {
  const { boot, root } = slotOn(disk, layout, slot);
  return systems.find((system) => system.boot[slot].equals(boot) && system.root.equals(root));
}

/** What is broken at this point, if anything is. */
export function violation(
  { disk, memory, trying }: CrashPoint,
  layout: Layout,
  systems: readonly KnownSystem[],
): string | undefined {
  const { normal } = chooseBoot(disk, layout);
  if (normal === undefined) return "a normal boot finds nothing";
  const running = systemIn(disk, layout, normal, systems);
  if (running === undefined) return `a normal boot finds slot ${normal}, which is not whole`;
  const other = normal === "a" ? "b" : "a";
  const waiting = systemIn(disk, layout, other, systems);
  if (waiting === undefined && looksBootable(slotOn(disk, layout, other).boot)) {
    return `slot ${other} is not whole, and can be booted`;
  }
  if (memory.pending === other && waiting === undefined) {
    return `slot ${other} is said to wait for its trial, and is not whole`;
  }
  if (trying && waiting === undefined) return `slot ${other} is tried, and is not whole`;
  if (isAbove(memory.floor, running)) return "the floor is above the system that boots";
  return undefined;
}

/** Besides, after all was done: the device is at the new system, and knows it. */
export function incomplete(
  { disk, memory }: Pick<CrashPoint, "disk" | "memory">,
  layout: Layout,
  wanted: KnownSystem,
): string | undefined {
  const { normal, tried } = chooseBoot(disk, layout);
  if (normal === undefined || systemIn(disk, layout, normal, [wanted]) === undefined) {
    return "the new system does not boot";
  }
  if (tried === normal) return "the slots are not swapped";
  if (memory.pending !== undefined) return "the update still waits";
  return isAbove(wanted, memory.floor) ? "the floor is below the new system" : undefined;
}

/** Where the new system boots and nothing waits any more, nothing raises the floor later. */
export function forgotten(
  { disk, memory }: CrashPoint,
  layout: Layout,
  wanted: KnownSystem,
): string | undefined {
  const { normal } = chooseBoot(disk, layout);
  if (normal === undefined || memory.pending !== undefined) return undefined;
  if (systemIn(disk, layout, normal, [wanted]) === undefined) return undefined;
  return isAbove(wanted, memory.floor) ? "the floor is never raised" : undefined;
}

function isAbove(a: Floor, b: Floor): boolean {
  return a.securityEpoch > b.securityEpoch || compareVersions(a.version, b.version) > 0;
}
