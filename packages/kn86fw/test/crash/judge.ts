import { parseAutoboot } from "@pibuild/pi-boot";
import type { Slot } from "../../src/format/manifest.ts";
import { compareVersions } from "../../src/format/version.ts";
import type { CrashState } from "./crash-states.ts";
import type { Files, Partitions } from "./operation.ts";

const sectorBytes = 512;
const slots = { 2: "a", 3: "b" } as const;

/** A system in a slot: what its partitions hold to the last byte, and what it says of itself. */
export interface Placed {
  readonly slot: Slot;
  readonly version: string;
  readonly boot: Buffer;
  readonly root: Buffer;
}

/** What there is to be found on a device, whole or not. */
export interface World {
  readonly systems: readonly Placed[];
  /** Where `autoboot.txt` is on the first partition. */
  readonly autobootOffset: number;
  /** The first partition before; nothing of it changes but that sector. */
  readonly common: Buffer;
  /** The floor before; it never goes down. */
  readonly floor: string;
  /** The version that a confirmed boot of its slot must not leave without a floor, or a `pending`. */
  readonly updateTo: string;
}

/** What is wrong with a device in this state, if anything is: it would not boot, or boot less than it was. */
export function judge(state: CrashState, world: World): string | undefined {
  const { partitions, files, asked } = state;
  const named = bootChoice(partitions.common, world);
  if (typeof named === "string") return named;
  const [boots, tries] = [
    placedIn(partitions, named.boot, world),
    placedIn(partitions, named.tryboot, world),
  ];
  if (boots === undefined) return `slot ${named.boot}, which boots, is not whole`;
  const other = named.boot === "a" ? "b" : "a";
  if (!isBrokenOrWhole(partitions, other, world))
    return `slot ${other} would boot, and is not whole`;

  const pending = valuesOf(files.get(".kn86/pending"));
  if (pending === "torn") return "`pending` is neither there nor not";
  if (pending !== undefined) {
    const its = placedIn(partitions, pending.SLOT as Slot, world);
    if (its === undefined) return `slot ${pending.SLOT} is pending, and not whole`;
    if (its.version !== pending.VERSION) return `slot ${pending.SLOT} has not the pending version`;
  }
  if (asked && (tries === undefined || pending?.SLOT !== named.tryboot)) {
    return `slot ${named.tryboot} is tried, and is not whole, or not pending`;
  }
  return judgeFloor(files, boots, pending, world);
}

function judgeFloor(files: Files, boots: Placed, pending: Values, { floor, updateTo }: World) {
  const kept = valuesOf(files.get(".kn86/floor"));
  if (kept === "torn") return "`floor` is neither the old nor the new one";
  const version = kept?.VERSION ?? "0.0.0";
  if (compareVersions(version, floor) < 0) return "the floor went down";
  if (compareVersions(version, floor) > 0 && compareVersions(version, boots.version) > 0) {
    return `the floor is ${version}, and ${boots.version} boots`;
  }
  const raised = compareVersions(version, updateTo) >= 0;
  if (boots.version === updateTo && !raised && pending?.SLOT !== boots.slot) {
    return `${updateTo} boots for good, and nothing will raise the floor`;
  }
  return undefined;
}

/** The slots that `autoboot.txt` names, as the firmware reads it. */
function bootChoice(common: Buffer, { autobootOffset, common: before }: World) {
  const end = autobootOffset + sectorBytes;
  const untouched =
    common.subarray(0, autobootOffset).equals(before.subarray(0, autobootOffset)) &&
    common.subarray(end).equals(before.subarray(end));
  if (!untouched) return "something else than autoboot.txt changed on the first partition";
  try {
    const { boot, tryboot, abUpdate } = parseAutoboot(common.subarray(autobootOffset, end));
    const [first, second] = [slots[boot as 2 | 3], slots[tryboot as 2 | 3]];
    if (first === undefined || second === undefined || !abUpdate)
      return "autoboot.txt names no slots";
    return { boot: first, tryboot: second };
  } catch {
    return "autoboot.txt cannot be read";
  }
}

/** The system that is whole in a slot. */
function placedIn(partitions: Partitions, slot: Slot, { systems }: World): Placed | undefined {
  const [boot, root] = [partitions[`boot-${slot}`], partitions[`root-${slot}`]];
  return systems.find((one) => one.slot === slot && one.boot.equals(boot) && one.root.equals(root));
}

/** Whether the firmware finds no filesystem in a slot, or one that is whole. */
function isBrokenOrWhole(partitions: Partitions, slot: Slot, { systems }: World): boolean {
  const [boot, root] = [partitions[`boot-${slot}`], partitions[`root-${slot}`]];
  const seen = systems.filter(
    (one) =>
      one.slot === slot && one.boot.subarray(0, sectorBytes).equals(boot.subarray(0, sectorBytes)),
  );
  if (seen.length === 0) return true;
  return seen.some((one) => one.boot.equals(boot) && one.root.equals(root));
}

type Values = Readonly<Record<string, string>> | undefined;

/** Lines `KEY=value`, or that the file was not written to its end. */
function valuesOf(file: Buffer | undefined): Values | "torn" {
  if (file === undefined) return undefined;
  const values = Object.fromEntries(
    [...file.toString().matchAll(/^([A-Z_]+)=(.+)\n/gm)].map(([, key = "", value = ""]) => [
      key,
      value,
    ]),
  );
  return "VERSION" in values && "SECURITY_EPOCH" in values && file.at(-1) === 10 ? values : "torn";
}
