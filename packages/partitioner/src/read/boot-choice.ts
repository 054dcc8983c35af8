import type { ConfigIssue } from "@pibuild/core";
import {
  type Autoboot,
  autobootBytes,
  type FatVolume,
  fatBootVolume,
  parseAutoboot,
  readRootFile,
} from "@pibuild/pi-boot";
import { autobootName } from "../slots/boot-slots.ts";
import type { DiskReader } from "./disk-reader.ts";

/** Which partition the firmware starts. */
export type BootChoice =
  | {
      readonly from: "autoboot.txt";
      readonly partition: number;
      readonly autoboot: Autoboot;
      /** What the firmware passes over. */
      readonly ignored?: readonly ConfigIssue[];
    }
  /** There is no autoboot.txt: the first FAT partition is started that boots. */
  | { readonly from: "default"; readonly partition: number };

/** A partition that the firmware can read. */
export interface FatPartition {
  readonly number: number;
  readonly volume: FatVolume;
}

/** What a partition has one of that can be booted: config_txt.html, "boot_partition". */
const bootable = ["start.elf", "start4.elf", "config.txt"];

/** Which partition a power-on starts; nothing where there is no FAT. */
export async function bootChoice(
  disk: DiskReader,
  fats: readonly FatPartition[],
): Promise<BootChoice | undefined> {
  const [first] = fats;
  if (first === undefined) return undefined;
  const isBootable = async ({ volume }: FatPartition) => {
    const names = await fatBootVolume(disk, volume).list("");
    return names.some((name) => bootable.includes(name.toLowerCase()));
  };
  let number: number | undefined;
  for (const fat of fats) if (number === undefined && (await isBootable(fat))) number = fat.number;
  const partition = number ?? first.number;
  const bytes = await readRootFile(disk, first.volume, autobootName, autobootBytes * 128);
  if (bytes === undefined) return { from: "default", partition };
  const { ignored, ...autoboot } = parseAutoboot(bytes);
  return {
    ...{ from: "autoboot.txt", partition: autoboot.boot || partition, autoboot },
    ...(ignored.length === 0 ? {} : { ignored }),
  };
}
