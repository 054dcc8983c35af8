import { PibuildError } from "@pibuild/core";
import { type ByteReader, findRootFile, readFatVolume } from "@pibuild/pi-boot";
import { partuuids } from "../ids/partuuids.ts";
import { type DiskPlan, partitionOf } from "../layout/disk-plan.ts";
import type { Layout, Slots } from "../layout/layout.ts";
import { sectorBytes } from "../layout/units.ts";

export const cmdlineName = "cmdline.txt";
/** A kernel's command line fills exactly one sector, so that one write makes it another slot's. */
export const cmdlineBytes = sectorBytes;

/** The only bytes that differ between two slots, and where they are. */
export interface SlotCmdline {
  /** From the start of the boot filesystem; a multiple of 512. */
  readonly offsetBytes: number;
  /** The sector's 512 bytes in each slot. */
  readonly a: Buffer;
  readonly b: Buffer;
}

/** A layout's slots. Throws LAYOUT_INVALID where it has none. */
export function slotsOf<Role extends string>(layout: Layout<Role>): Slots<Role> {
  if (layout.slots !== undefined) return layout.slots;
  throw new PibuildError("LAYOUT_INVALID", { problem: `layout \`${layout.name}\` has no slots` });
}

/**
 * Slot B's command line, from slot A's. Throws LAYOUT_INVALID where that is not one line of exactly
 * 512 bytes, padded with spaces, which names slot A's root once.
 */
export function otherCmdline<Role extends string>(
  layout: Layout<Role>,
  seed: string,
  a: Buffer,
): Buffer {
  const slots = slotsOf(layout);
  const ids = partuuids(layout, seed);
  const own = `root=PARTUUID=${ids[slots.a.root]}`;
  const refuse = (problem: string): never => {
    throw new PibuildError("LAYOUT_INVALID", {
      problem: `its \`${cmdlineName}\` ${problem}`,
      partition: slots.a.boot,
    });
  };
  if (a.length !== cmdlineBytes) {
    refuse(
      `has ${a.length} bytes; a slot's has ${cmdlineBytes}, padded with spaces before the line break`,
    );
  }
  const text = a.toString("latin1");
  if (text.indexOf("\n") !== cmdlineBytes - 1) refuse("is not one line");
  if (text.split(/[ \n]/).filter((word) => word === own).length !== 1) {
    refuse(`does not name slot A's root once, as \`${own}\``);
  }
  return Buffer.from(text.replace(own, `root=PARTUUID=${ids[slots.b.root]}`), "latin1");
}

/**
 * The command lines of both slots, read from slot A of an assembled disk. Throws VERIFY_FAILED
 * where the file does not fill one sector, and LAYOUT_INVALID for what `otherCmdline` refuses.
 */
export async function readSlotCmdline<Role extends string>(
  disk: ByteReader,
  plan: DiskPlan<Role>,
  seed: string,
): Promise<SlotCmdline> {
  const { startBytes, sizeBytes } = partitionOf(plan, slotsOf(plan.layout).a.boot);
  const volume = await readFatVolume(disk, startBytes, sizeBytes);
  const file = volume && (await findRootFile(disk, volume, cmdlineName));
  if (file === undefined) return fail("is not in slot A's boot partition");
  const offsetBytes = file.offset - startBytes;
  if (file.bytes !== cmdlineBytes || offsetBytes % sectorBytes !== 0) {
    fail(`has ${file.bytes} bytes at ${offsetBytes}, and not one sector`);
  }
  const a = await disk.read(file.offset, cmdlineBytes);
  return { offsetBytes, a, b: otherCmdline(plan.layout, seed, a) };
}

function fail(detail: string): never {
  throw new PibuildError("VERIFY_FAILED", { what: `slot \`${cmdlineName}\``, detail });
}
