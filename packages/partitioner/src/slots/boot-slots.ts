import { PibuildError } from "@pibuild/core";
import {
  autobootBytes,
  type BootSlots,
  type ByteReader,
  findRootFile,
  formatAutoboot,
  readFatVolume,
} from "@pibuild/pi-boot";
import { type DiskPlan, partitionOf } from "../layout/disk-plan.ts";
import type { Layout } from "../layout/layout.ts";
import { partitionNumbers } from "../layout/numbering.ts";
import { slotsOf } from "./slot-cmdline.ts";

export const autobootName = "autoboot.txt";

/** What a new disk's `autoboot.txt` says: slot A is started, slot B is what a test boot takes. */
export function bootSlots<Role extends string>(layout: Layout<Role>): BootSlots {
  const { a, b } = slotsOf(layout);
  const numbers = partitionNumbers(layout);
  const numberOf = (role: Role) =>
    numbers[layout.partitions.findIndex((spec) => spec.role === role)] ?? 0;
  return { boot: numberOf(a.boot), tryboot: numberOf(b.boot) };
}

/** Throws VERIFY_FAILED where `autoboot.txt` is not exactly one sector that is its whole cluster. */
export async function checkAutoboot(disk: ByteReader, plan: DiskPlan): Promise<void> {
  const { startBytes, sizeBytes } = partitionOf(plan, slotsOf(plan.layout).common);
  const volume = await readFatVolume(disk, startBytes, sizeBytes);
  const file = volume && (await findRootFile(disk, volume, autobootName));
  const found = file && (await disk.read(file.offset, autobootBytes));
  const whole = volume?.clusterBytes === autobootBytes && file?.bytes === autobootBytes;
  if (whole && found?.equals(formatAutoboot(bootSlots(plan.layout)))) return;
  throw new PibuildError("VERIFY_FAILED", {
    what: `\`${autobootName}\``,
    detail: "it did not arrive as one sector that is its whole cluster",
  });
}
