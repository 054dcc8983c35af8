import type { Board } from "./board-tables.ts";

/** What tells the firmware of one model of a board what is its own. */
export interface Model {
  /** As its own filter calls it. */
  readonly name: string;
  /** All filters that it passes: config_txt.html, "Model filters". */
  readonly filters: readonly string[];
  /** What `[board-type=N]` compares: raspberry-pi.html, "New-style revision codes". */
  readonly types: readonly number[];
  /** Who reads a partition first: the ROM finds `bootcode.bin`, the others have it in an EEPROM. */
  readonly bootloader: "bootcode" | "eeprom-start4" | "eeprom";
  /** The kernels that it starts without `kernel=`, the first found: config_txt.html, "kernel". */
  readonly kernels: { readonly 32: readonly string[]; readonly 64: readonly string[] };
  /** What `arm_64bit` is where nobody sets it; the Pi 5 does not ask. */
  readonly bits: 32 | 64;
  /** Its device trees, by the vendor's names and by those of upstream Linux. */
  readonly tree: RegExp;
}

const kernels = {
  bcm2835: { 32: ["kernel.img"], 64: [] },
  bcm2837: { 32: ["kernel7.img"], 64: ["kernel8.img"] },
  bcm2711: { 32: ["kernel7l.img"], 64: ["kernel8.img"] },
  bcm2712: { 32: [], 64: ["kernel_2712.img", "kernel8.img"] },
} as const;
const zero = { bootloader: "bootcode", kernels: kernels.bcm2835, bits: 32 } as const;
const three = { bootloader: "bootcode", kernels: kernels.bcm2837, bits: 32 } as const;
const four = { bootloader: "eeprom-start4", kernels: kernels.bcm2711, bits: 64 } as const;
const five = { bootloader: "eeprom", kernels: kernels.bcm2712, bits: 64 } as const;

/** Which models there are. https://www.raspberrypi.com/documentation/computers/ */
export const models: readonly Model[] = [
  { name: "pi0", filters: ["pi0"], types: [0x09], ...zero, tree: /^bcm(?:2708|2835)-rpi-zero\./ },
  {
    ...{ name: "pi0w", filters: ["pi0w", "pi0"], types: [0x0c], ...zero },
    tree: /^bcm(?:2708|2835)-rpi-zero-w/,
  },
  {
    ...{ name: "pi02", filters: ["pi02", "pi0w", "pi0"], types: [0x12], ...three },
    tree: /^bcm(?:2710|2837)-rpi-zero-2/,
  },
  {
    ...{ name: "pi1", filters: ["pi1"], types: [0, 1, 2, 3], ...zero },
    tree: /^bcm(?:2708|2835)-rpi-[ab]/,
  },
  {
    ...{ name: "cm1", filters: ["cm1", "pi1"], types: [0x06], ...zero },
    tree: /^bcm(?:2708|2835)-rpi-cm/,
  },
  {
    ...{ name: "pi2", filters: ["pi2"], types: [0x04], ...three },
    tree: /^bcm(?:2709|2836|2710|2837)-rpi-2/,
  },
  {
    ...{ name: "pi3", filters: ["pi3"], types: [0x08], ...three },
    tree: /^bcm(?:2710|2837)-rpi-3/,
  },
  {
    ...{ name: "pi3+", filters: ["pi3+", "pi3"], types: [0x0d, 0x0e], ...three },
    tree: /^bcm(?:2710|2837)-rpi-3/,
  },
  {
    ...{ name: "cm3", filters: ["cm3", "pi3"], types: [0x0a], ...three },
    tree: /^bcm(?:2710|2837)-rpi-cm3/,
  },
  {
    ...{ name: "cm3+", filters: ["cm3+", "cm3", "pi3"], types: [0x10], ...three },
    tree: /^bcm(?:2710|2837)-rpi-cm3/,
  },
  { name: "pi4", filters: ["pi4"], types: [0x11], ...four, tree: /^bcm2711-rpi-4/ },
  {
    ...{ name: "pi400", filters: ["pi400", "pi4"], types: [0x13], ...four },
    tree: /^bcm2711-rpi-4/,
  },
  {
    ...{ name: "cm4", filters: ["cm4", "pi4"], types: [0x14], ...four },
    tree: /^bcm2711-rpi-(?:cm4|4)/,
  },
  {
    ...{ name: "cm4s", filters: ["cm4s", "pi4"], types: [0x15], ...four },
    tree: /^bcm2711-rpi-(?:cm4|4)/,
  },
  { name: "pi5", filters: ["pi5"], types: [0x17], ...five, tree: /^bcm2712(?:d0)?-rpi-5/ },
  {
    ...{ name: "pi500", filters: ["pi500", "pi5"], types: [0x19], ...five },
    tree: /^bcm2712(?:d0)?-rpi-5/,
  },
  {
    ...{ name: "cm5", filters: ["cm5", "pi5"], types: [0x18, 0x1a], ...five },
    tree: /^bcm2712(?:d0)?-rpi-cm5/,
  },
];

const ofBoards: Readonly<Record<Board, readonly string[]>> = {
  zero2w: ["pi02"],
  pi3: ["pi3", "pi3+"],
  pi4: ["pi4"],
  cm4: ["cm4"],
  pi5: ["pi5"],
  cm5: ["cm5"],
};

/** The models that a disk for a board is for. */
export function modelsOf(board: Board): readonly Model[] {
  return models.filter(({ name }) => ofBoards[board].includes(name));
}
