import { FilterState } from "../firmware-file/filter-state.ts";
import type { BootState } from "../firmware-file/filters.ts";
import { firmwareLines, firmwareNumber } from "../firmware-file/read-lines.ts";
import type { BootVolume } from "../volume/boot-volume.ts";
import { type BootKeyName, bootKey } from "./boot-keys.ts";

/** What a file says of what is started, as far as one boot goes by it. */
export interface BootConfig {
  /** The last value of each key: what comes later counts. */
  readonly text: (key: BootKeyName) => string | undefined;
  readonly number: (key: BootKeyName) => number | undefined;
  /** The later of `initramfs` and `ramfsfile`: the first does "in one" what the other does. */
  readonly ramfs: string | undefined;
  /** Whether there is such a file at all. */
  readonly found: boolean;
  /** Settings of which only a board that starts can tell whether they count. */
  readonly undecided: readonly UndecidedLine[];
}

/** A setting below filters such as `[gpio4=1]`. */
export interface UndecidedLine {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  readonly filters: readonly string[];
}

/** Many times what anybody writes; what an SD card says may be anything. */
const maxConfigBytes = 64 * 1024;
/** More files than anybody includes: one that includes itself has to end. */
const maxFiles = 100;

/**
 * Reads config.txt, or what a boot reads in its place, as Raspberry Pi's firmware does: filters,
 * included files in their place, later lines before earlier ones. Ends, whatever includes what.
 * https://www.raspberrypi.com/documentation/computers/config_txt.html
 */
export async function readConfig(
  volume: BootVolume,
  name: string,
  state: BootState,
): Promise<BootConfig> {
  const said: { readonly key: BootKeyName; readonly value: string }[] = [];
  const undecided: UndecidedLine[] = [];
  const filters = new FilterState(state);
  let files = 0;
  const take = async (file: string, included: boolean): Promise<boolean> => {
    files += 1;
    const bytes = files > maxFiles ? undefined : await volume.read(file, maxConfigBytes);
    if (bytes === undefined) return false;
    for (const one of firmwareLines(bytes.toString("latin1"))) {
      if (one.kind === "filter") filters.enter(one.filter);
      if (one.kind !== "setting" || filters.verdict === false) continue;
      const { key, value, sign, line, text } = one;
      const row = bootKey(key);
      const isInclude = key === "include" && sign === " ";
      if (row === undefined && !isInclude) continue;
      if (row !== undefined && ((row.spaced && sign !== " ") || (row.bootloader && included)))
        continue;
      if (filters.verdict === undefined)
        undecided.push({ file, line, text, filters: filters.undecided });
      else if (row === undefined) await take(value, true);
      else said.push({ key: row.name, value });
    }
    return true;
  };
  const found = await take(name, false);
  const text = (key: BootKeyName) => said.findLast((one) => one.key === key)?.value;
  return {
    ...{ text, found, undecided },
    number: (key) => firmwareNumber(text(key) ?? ""),
    ramfs: said.findLast(({ key }) => key === "initramfs" || key === "ramfsfile")?.value,
  };
}
