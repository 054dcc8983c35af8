/**
 * What the firmware reads from `autoboot.txt` on the first FAT partition. Partition numbers are
 * counted from 1; 0 is the firmware's default, the first partition that can be booted.
 */
export interface Autoboot {
  /** Where a normal boot goes. */
  readonly boot: number;
  /** Where a boot goes that `reboot '0 tryboot'` asked for, once. */
  readonly tryboot: number;
  /** Whether that boot reads `config.txt` (true), or `tryboot.txt` in its place. */
  readonly abUpdate: boolean;
}

/** The two slots of an A/B disk, by the numbers of their boot partitions. */
export type BootSlots = Pick<Autoboot, "boot" | "tryboot">;

/** The firmware reads no more of the file: raspberrypi/documentation, config_txt/autoboot.adoc. */
export const autobootBytes = 512;
/** The firmware hands a partition's number on in six bits, of which 63 means "halt". */
export const maxBootPartition = 62;
