import type { Slot } from "../../src/format/manifest.ts";
import { type Layout, partition } from "./disk.ts";

/**
 * What the firmware does with a disk, written without a look at the code that it is to check: FAT32,
 * `autoboot.txt`, and whether a partition can be booted at all.
 */
export interface BootChoice {
  /** Where a normal boot goes; nothing where the firmware finds nothing to boot. */
  readonly normal: Slot | undefined;
  readonly tried: Slot | undefined;
}

export function chooseBoot(disk: Buffer, layout: Layout): BootChoice {
  const text = readAutoboot(partition(disk, layout.common));
  return { normal: slotOf(numberIn(text, false)), tried: slotOf(numberIn(text, true)) };
}

/**
 * Whether a partition is a FAT at all, whatever is in it: the first sector begins with a jump and ends
 * with its signature (Microsoft's FAT specification, section 3.1).
 */
export function looksBootable(boot: Buffer): boolean {
  if (boot[0] !== 0xeb && boot[0] !== 0xe9) return false;
  const isFat = boot.readUInt16LE(510) === 0xaa55 && boot.readUInt16LE(11) === 512;
  return isFat && boot.readUInt8(13) > 0;
}

function readAutoboot(common: Buffer): string {
  if (!looksBootable(common)) return "";
  const clusterBytes = common.readUInt8(13) * 512;
  const tables = common.readUInt16LE(14) + common.readUInt8(16) * common.readUInt32LE(36);
  const place = (cluster: number) => tables * 512 + (cluster - 2) * clusterBytes;
  const directory = place(common.readUInt32LE(44));
  for (let at = directory; at < directory + clusterBytes && common[at] !== 0; at += 32) {
    if (common.toString("latin1", at, at + 11) !== "AUTOBOOTTXT") continue;
    const start = place(common.readUInt16LE(at + 26));
    return common.toString("latin1", start, start + common.readUInt32LE(at + 28));
  }
  return "";
}

/** The last `boot_partition` that counts for this kind of boot. */
function numberIn(text: string, testing: boolean): number {
  let counts = true;
  let number = 0;
  for (const line of text.split("\n")) {
    if (line === "[all]") counts = true;
    else if (line === "[tryboot]") counts = testing;
    else if (line.startsWith("[")) counts = false;
    else if (counts && line.startsWith("boot_partition=")) number = Number(line.slice(15));
  }
  return number;
}

function slotOf(number: number): Slot | undefined {
  return number === 2 ? "a" : number === 3 ? "b" : undefined;
}
