/** How the table that lists a disk's partitions is written. */
export const tableKinds = ["mbr", "gpt", "gpt-hybrid"] as const;
export type TableKind = (typeof tableKinds)[number];

/** The boards that a disk can be for. */
export const boards = ["zero2w", "pi3", "pi4", "cm4", "pi5", "cm5"] as const;
export type Board = (typeof boards)[number];

/** As Raspberry Pi calls them. */
export const boardNames: Readonly<Record<Board, string>> = {
  zero2w: "Raspberry Pi Zero 2 W",
  pi3: "Raspberry Pi 3",
  pi4: "Raspberry Pi 4, 400",
  cm4: "Compute Module 4",
  pi5: "Raspberry Pi 5, 500",
  cm5: "Compute Module 5",
};

/** Whether a board starts with such a table or kernel, and why. */
export interface BootAnswer {
  readonly boots: boolean;
  readonly why: string;
}

const yes = (why: string): BootAnswer => ({ boots: true, why });
const no = (why: string): BootAnswer => ({ boots: false, why });

const everyRom = yes("every boot ROM and every firmware reads an MBR");
/** BCM2710: the ROM itself reads the card, and finds `bootcode.bin` through the MBR alone. */
const withoutEeprom: Readonly<Record<TableKind, BootAnswer>> = {
  mbr: everyRom,
  gpt: no("its boot ROM looks for `bootcode.bin` in an MBR only"),
  "gpt-hybrid": yes("its boot ROM finds the FAT partitions in the MBR, the kernel reads the GPT"),
};
/** The bootloader lies in an EEPROM; a partition other than the first was found in a GPT late. */
const withEeprom = (gpt: string, hybrid: string): Readonly<Record<TableKind, BootAnswer>> => ({
  mbr: everyRom,
  gpt: yes(gpt),
  "gpt-hybrid": yes(hybrid),
});
const pi4 = withEeprom(
  "its EEPROM reads a GPT; slots need a firmware of February 2025 or later",
  "its EEPROM reads both tables since September 2020",
);
const pi5 = withEeprom("its EEPROM reads a GPT", "its EEPROM reads both tables");

/**
 * What boots what. Sources: raspberrypi/documentation on the boot flow, raspberrypi/rpi-eeprom
 * issues 504, 654, 668 and 854, raspberrypi/firmware issue 1711. `gpt-hybrid` on a board without
 * EEPROM follows from what its bootcode.bin contains; it has not been tried on hardware.
 */
export const boardTables: Readonly<Record<Board, Readonly<Record<TableKind, BootAnswer>>>> = {
  zero2w: withoutEeprom,
  pi3: withoutEeprom,
  pi4,
  cm4: pi4,
  pi5,
  cm5: pi5,
};

/** The tables that a board starts from. */
export function bootableTables(board: Board): TableKind[] {
  return tableKinds.filter((kind) => boardTables[board][kind].boots);
}
