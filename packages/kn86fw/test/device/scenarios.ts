import type { Slot } from "../../src/format/manifest.ts";
import type { Role } from "../crash/operation.ts";
import { chunkSize, content, rootSize, systemImages } from "../rig.ts";
import type { MachineOptions } from "./machine.ts";

const old = systemImages("old");

/** The systems of these scenarios: what was in the other slot before, what runs, and the update. */
export const images = {
  // Without zeros where the update has them.
  "0.9.0": { ...systemImages("older"), root: content("older root", rootSize) },
  "1.0.0": old,
  // With blocks of the old one, for a delta, and with zeros before and after other chunks.
  "1.2.0": {
    ...systemImages("new"),
    root: Buffer.concat([old.root.subarray(40960), content("new root", 40960)]).fill(
      0,
      8 * chunkSize,
      9 * chunkSize,
    ),
  },
} as const;
export type Version = keyof typeof images;

/** The version with which payloads are built here. */
export const next = "1.2.0";

/** One run of the updater on a machine in a certain state. */
export interface Scenario {
  readonly slot: Slot;
  readonly runs: Version;
  /** What the other slot has. */
  readonly other: Version;
  readonly machine?: MachineOptions;
  readonly pending?: { readonly slot: Slot; readonly version: Version };
  /** Both numbers in `autoboot.txt`, where a sector was torn. */
  readonly torn?: number;
  /** A byte of a partition that is another one after its n-th flush: the medium lost what it was given. */
  readonly loses?: { readonly device: Role; readonly flush: number; readonly offset: number };
  /** What to run; `PAYLOAD` and `DELTA` stand for files. */
  readonly args: readonly string[];
  readonly ends: End;
}

/** How a run ends: the exit code, the slot that boots then, what is pending, the floor. */
export interface End {
  readonly exitCode: number;
  readonly boots: Slot;
  readonly pending?: Slot;
  readonly floor?: Version;
}

const applying = { slot: "a", runs: "1.0.0", other: "0.9.0", args: ["apply", "PAYLOAD"] } as const;
const confirming = {
  slot: "b",
  runs: next,
  other: "1.0.0",
  pending: { slot: "b", version: next },
  args: ["confirm"],
} as const;
const onTrial = { machine: { tryboot: true, boots: "a" } } as const;
const applied = { exitCode: 0, boots: "a", pending: "b" } as const;
const failed = { exitCode: 1, boots: "a" } as const;
const kept = { exitCode: 0, boots: "b", floor: next } as const;

export const scenarios = {
  "apply while an older update is pending": {
    ...{ ...applying, pending: { slot: "b", version: "0.9.0" }, ends: applied },
  },
  "apply in slot b": {
    ...{ ...applying, slot: "b", ends: { exitCode: 0, boots: "b", pending: "a" } },
  },
  "apply a delta": { ...applying, args: ["apply", "DELTA"], ends: applied },
  "apply on trial": {
    ...{ ...confirming, ...onTrial, args: applying.args },
    ends: { exitCode: 11, boots: "a", pending: "b" },
  },
  "apply to a root that loses a byte": {
    ...{ ...applying, loses: { device: "root-b", flush: 1, offset: 70_000 }, ends: failed },
  },
  "apply to a boot partition that loses a byte": {
    ...{ ...applying, loses: { device: "boot-b", flush: 2, offset: 40_000 }, ends: failed },
  },
  "apply to a boot partition that loses its first block": {
    ...{ ...applying, loses: { device: "boot-b", flush: 3, offset: 100 }, ends: failed },
  },
  "confirm on trial": { ...confirming, ...onTrial, ends: kept },
  "confirm after half a sector": { ...confirming, torn: 3, ends: kept },
  "confirm after the commit": { ...confirming, ends: kept },
  "confirm after the trial failed": {
    ...{ ...confirming, slot: "a", runs: "1.0.0", other: next },
    ends: { exitCode: 0, boots: "a" },
  },
} as const satisfies Record<string, Scenario>;
