import { type Model, models } from "../boards/models.ts";

/** What is known of a boot when its files are read. */
export interface BootState {
  readonly model?: Model;
  /** The partition that is started. */
  readonly partition?: number;
  /** Whether `reboot '0 tryboot'` asked for it. */
  readonly tryboot: boolean;
}

/** Filters of one kind replace each other, those of different kinds hold together. */
export type FilterKind =
  | "none"
  | "model"
  | "monitor"
  | "port"
  | "serial"
  | "gpio"
  | "tryboot"
  | "expression";
/** Undefined: only a board that starts can tell. */
export type Verdict = boolean | undefined;

/** One filter of config.txt and of the bootloader's files. */
export interface FilterRow {
  /** As people write it. */
  readonly name: string;
  readonly pattern: RegExp;
  readonly kind: FilterKind;
  readonly holds: (match: RegExpExecArray, state: BootState) => Verdict;
  /** The section of config_txt.html that tells it, or where else it is told. */
  readonly source: string;
}

const names = [...new Set(models.flatMap(({ filters }) => filters))];
const alternatives = names.map((name) => name.replace("+", "\\+")).join("|");

/** Case does not matter: piCore's images say `[PI4]`, and start. */
export const filterRows: readonly FilterRow[] = [
  {
    ...{ name: "[none]", pattern: /^none$/i, kind: "none", holds: () => false },
    source: "The [none] filter",
  },
  {
    name: names.map((name) => `[${name}]`).join(" "),
    ...{ pattern: new RegExp(`^(?:${alternatives})$`, "i"), kind: "model" },
    holds: ([name = ""], { model }) => model?.filters.includes(name.toLowerCase()),
    source: "Model filters",
  },
  {
    ...{ name: "[board-type=N]", pattern: /^board-type=(0x[0-9a-f]+|\d+)$/i, kind: "model" },
    holds: ([, type], { model }) => model?.types.includes(Number(type)),
    source: "Model filters",
  },
  {
    ...{ name: "[tryboot]", pattern: /^tryboot$/i, kind: "tryboot" },
    holds: (_match, { tryboot }) => tryboot,
    source: "The [tryboot] filter",
  },
  {
    ...{ name: "[EDID=MONITOR]", pattern: /^EDID=.*$/i, kind: "monitor", holds: () => undefined },
    source: "The [EDID=*] filter",
  },
  {
    ...{ name: "[0xSERIAL]", pattern: /^0x[0-9a-f]{1,16}$/i, kind: "serial" },
    ...{ holds: () => undefined, source: "The serial number filter" },
  },
  {
    ...{ name: "[gpioN=V]", pattern: /^gpio\d+=[01]$/i, kind: "gpio", holds: () => undefined },
    source: "The GPIO filter",
  },
  {
    // Of displays alone: which of them a setting is for, and not whether it counts.
    ...{ name: "[HDMI:N]", pattern: /^HDMI:\d$/i, kind: "port", holds: () => true },
    source: "The [HDMI:*] filter",
  },
  {
    name: "[boot_partition=N] [partition=N] [boot_count>N] [bootvar0&N] and their like",
    pattern:
      /^(partition|boot_partition|boot_count|boot_arg1|bootvar0|board_attributes|cust_otp[0-7])(?:&(0x[0-9a-f]+|\d+))?(?:([=<>])(0x[0-9a-f]+|\d+))?$/i,
    ...{ kind: "expression", holds: expression },
    source: "raspberrypi/rpi-eeprom, firmware-2712/release-notes.md, 2025-02-11 and later",
  },
];

/** What an expression may ask for and a disk can answer. */
const variables: Readonly<Record<string, (state: BootState) => number | undefined>> = {
  /** As asked for by `reboot N`; a power-on and `reboot '0 tryboot'` ask for none. */
  partition: () => 0,
  boot_partition: ({ partition }) => partition,
};

function expression(match: RegExpExecArray, state: BootState): Verdict {
  const [, name = "", mask, operator, operand] = match;
  const value = variables[name.toLowerCase()]?.(state);
  // `ARG` alone is no expression, and `ARG&MASK<VALUE` none of those that are described.
  if (mask === undefined && operator === undefined) return false;
  if (mask !== undefined && operator !== undefined && operator !== "=") return false;
  if (value === undefined) return undefined;
  const masked = mask === undefined ? BigInt(value) : BigInt(value) & BigInt(mask);
  if (operator === undefined) return masked !== 0n;
  const other = BigInt(operand ?? 0);
  return operator === "=" ? masked === other : operator === "<" ? masked < other : masked > other;
}
