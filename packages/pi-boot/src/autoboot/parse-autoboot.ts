import type { ConfigIssue } from "@pibuild/core";
import { FilterState } from "../firmware-file/filter-state.ts";
import { type FilterRow, filterRows } from "../firmware-file/filters.ts";
import { type FirmwareLine, firmwareLines, firmwareNumber } from "../firmware-file/read-lines.ts";
import { type Autoboot, autobootBytes, maxBootPartition } from "./autoboot.ts";

/** An `autoboot.txt` and what of it the firmware passes over. */
export interface ReadAutoboot extends Autoboot {
  readonly ignored: readonly ConfigIssue[];
}

/** The file knows these, and `[all]`: config_txt.html, "autoboot.txt". */
const filters: readonly FilterRow[] = filterRows.filter(
  ({ kind }) => kind === "none" || kind === "tryboot",
);
/** Its keys, with the largest value of each. */
const largest = { boot_partition: maxBootPartition, tryboot_a_b: 1 } as const;
type Key = keyof typeof largest;
/** The bootloader's own settings, as `PARTITION_WALK`, are all in capitals: raspberry-pi.html. */
const ofEeprom = /^[A-Z][A-Z0-9_]*$/;

/**
 * Reads an `autoboot.txt` as the firmware does: the first 512 bytes, later lines before earlier
 * ones, and a line that is none of its own as if it were not there. Takes any bytes.
 * @param file what to call it in what is ignored.
 */
export function parseAutoboot(bytes: Uint8Array, file = "autoboot.txt"): ReadAutoboot {
  const content = Buffer.from(bytes.subarray(0, autobootBytes)).toString("latin1");
  const lines = firmwareLines(content);
  const normal = settings(lines, false);
  const trying = settings(lines, true);
  const tooLong =
    bytes.length <= autobootBytes
      ? []
      : [
          {
            message: `it has ${bytes.length} bytes, the firmware reads ${autobootBytes}`,
            ...{ at: { file }, hint: "shorten it, for example its comments" },
          },
        ];
  return {
    boot: normal.get("boot_partition") ?? 0,
    tryboot: trying.get("boot_partition") ?? 0,
    abUpdate: trying.get("tryboot_a_b") === 1,
    ignored: [...tooLong, ...lines.flatMap((line) => issueOf(line, file))],
  };
}

/** The last value of each key, for a boot that is a test, or none. */
function settings(lines: readonly FirmwareLine[], tryboot: boolean): ReadonlyMap<Key, number> {
  const values = new Map<Key, number>();
  const state = new FilterState({ tryboot }, filters);
  for (const line of lines) {
    if (line.kind === "filter") state.enter(line.filter);
    const read = state.verdict === true ? setting(line) : undefined;
    if (read !== undefined) values.set(read.key, read.value);
  }
  return values;
}

function setting(line: FirmwareLine): { readonly key: Key; readonly value: number } | undefined {
  if (line.kind !== "setting" || line.sign !== "=" || !Object.hasOwn(largest, line.key))
    return undefined;
  const key = line.key as Key;
  const value = firmwareNumber(line.value);
  return value !== undefined && value >= 0 && value <= largest[key] ? { key, value } : undefined;
}

function issueOf(line: FirmwareLine, file: string): ConfigIssue[] {
  const isFilter =
    line.kind === "filter" &&
    (line.filter.toLowerCase() === "all" ||
      filters.some(({ pattern }) => pattern.test(line.filter)));
  if (isFilter || setting(line) !== undefined) return [];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal must not get them
  const shown = line.text.replace(/[\x00-\x1f\x7f-\xff]/g, "?");
  const elsewhere = line.kind === "setting" && ofEeprom.test(line.key);
  return [
    {
      message: elsewhere
        ? `\`${shown}\` is a setting of the bootloader's EEPROM, which is not read from here`
        : `\`${shown}\` is no line of an autoboot.txt, and is passed over`,
      at: { file, line: line.line, column: 1 },
      ...{ sourceLine: shown, length: shown.length },
      hint: elsewhere
        ? "set it on the board with `rpi-eeprom-config --edit`"
        : `it knows [all], [none], [tryboot], boot_partition=0..${maxBootPartition}, tryboot_a_b=0|1 and comments`,
    },
  ];
}
