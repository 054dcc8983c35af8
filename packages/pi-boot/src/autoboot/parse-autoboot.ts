import { type ConfigIssue, PibuildError } from "@pibuild/core";
import { type Autoboot, autobootBytes, maxBootPartition } from "./autoboot.ts";

/** What the firmware filters by in this file, and whether a boot that is (not) a test passes. */
const filters = {
  all: () => true,
  none: () => false,
  tryboot: (testing: boolean) => testing,
} as const;

type Filter = keyof typeof filters;
type Key = "boot_partition" | "tryboot_a_b";

const largest: Readonly<Record<Key, number>> = {
  boot_partition: maxBootPartition,
  tryboot_a_b: 1,
};

interface Assignment {
  readonly filter: Filter;
  readonly key: Key;
  readonly value: number;
}

/**
 * Reads an `autoboot.txt` as the firmware does: what comes later counts. Throws CONFIG_INVALID with
 * every line that is none, because what one firmware skips another may take for something else.
 * @param file what to call it in errors.
 */
export function parseAutoboot(bytes: Uint8Array, file = "autoboot.txt"): Autoboot {
  if (bytes.length > autobootBytes) {
    const message = `it has ${bytes.length} bytes, the firmware reads ${autobootBytes}`;
    throw invalid([{ message, at: { file }, hint: "shorten it, for example its comments" }]);
  }
  const issues: ConfigIssue[] = [];
  const assignments: Assignment[] = [];
  let filter: Filter = "all";
  const lines = Buffer.from(bytes).toString("latin1").split("\n");
  for (const [index, ending] of lines.entries()) {
    const line = ending.replace(/[ \t\r]+$/, "");
    if (line === "" || line.startsWith("#")) continue;
    const read: Filter | Assignment | undefined = readFilter(line) ?? readAssignment(line, filter);
    if (read === undefined) issues.push(issueAt(file, index + 1, line));
    else if (typeof read === "string") filter = read;
    else assignments.push(read);
  }
  if (issues.length > 0) throw invalid(issues);
  const choose = (key: Key, testing: boolean) =>
    assignments.findLast((one) => one.key === key && filters[one.filter](testing))?.value ?? 0;
  return {
    boot: choose("boot_partition", false),
    tryboot: choose("boot_partition", true),
    abUpdate: choose("tryboot_a_b", true) === 1,
  };
}

function readFilter(line: string): Filter | undefined {
  const name = /^\[(\w+)\]$/.exec(line)?.[1];
  return name !== undefined && Object.hasOwn(filters, name) ? (name as Filter) : undefined;
}

function readAssignment(line: string, filter: Filter): Assignment | undefined {
  const [, key = "", digits = ""] = /^(\w+)=(\d{1,3})$/.exec(line) ?? [];
  if (!Object.hasOwn(largest, key)) return undefined;
  const value = Number(digits);
  return value <= largest[key as Key] ? { filter, key: key as Key, value } : undefined;
}

function issueAt(file: string, line: number, text: string): ConfigIssue {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal must not get them
  const shown = text.replace(/[\x00-\x1f\x7f-\xff]/g, "?");
  return {
    message: `\`${shown}\` is no line of an autoboot.txt`,
    at: { file, line, column: 1 },
    sourceLine: shown,
    length: shown.length,
    hint: `it knows [all], [none], [tryboot], boot_partition=0..${maxBootPartition}, tryboot_a_b=0|1 and comments`,
  };
}

function invalid(issues: readonly ConfigIssue[]): PibuildError<"CONFIG_INVALID"> {
  return new PibuildError("CONFIG_INVALID", { issues });
}
