import { readFile } from "node:fs/promises";
import { PibuildError } from "@pibuild/core";
import { compareVersions, versionPattern } from "../format/version.ts";

/** What a device must not go below. */
export interface Floor {
  readonly securityEpoch: number;
  readonly version: string;
}

/** What `/etc/kn86/device` says of a device; epoch and version are those of the running system. */
export interface DeviceFacts extends Floor {
  readonly compatible: string;
  readonly board: string;
  readonly layout: string;
}

export const noFloor: Floor = { securityEpoch: 0, version: "0.0.0" };

/** The greater of two floors: epoch and version each for itself. */
export function greaterFloor(a: Floor, b: Floor): Floor {
  return {
    securityEpoch: Math.max(a.securityEpoch, b.securityEpoch),
    version: compareVersions(a.version, b.version) < 0 ? b.version : a.version,
  };
}

/** Reads `/etc/kn86/device`; throws CONFIG_INVALID where a key is missing or no value. */
export async function readDeviceFacts(file: string): Promise<DeviceFacts> {
  const text = await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "ENOENT") throw cause;
    throw new PibuildError("CONFIG_MISSING", { file, what: "the description of the device" });
  });
  const values = parseKeyValues(text);
  const value = (key: string, pattern: RegExp) => {
    const found = values.get(key);
    if (found !== undefined && pattern.test(found)) return found;
    const message =
      found === undefined ? `\`${key}\` is missing` : `\`${key}=${found}\` is no value`;
    throw new PibuildError("CONFIG_INVALID", { issues: [{ message, at: { file } }] });
  };
  return {
    compatible: value("COMPATIBLE", /./),
    board: value("BOARD", /./),
    layout: value("LAYOUT", /^[0-9a-f]{64}$/),
    version: value("VERSION", versionPattern),
    securityEpoch: Number(value("SECURITY_EPOCH", /^\d{1,15}$/)),
  };
}

/** Lines `KEY=value`, as the files of a device have them. */
export function parseKeyValues(text: string): ReadonlyMap<string, string> {
  const pairs = text
    .split("\n")
    .map((line) => /^([A-Z_]+)=(.*)$/.exec(line))
    .flatMap((match): [string, string][] => (match ? [[match[1] ?? "", match[2] ?? ""]] : []));
  return new Map(pairs);
}

export function formatKeyValues(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
}
