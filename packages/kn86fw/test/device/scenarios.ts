import { formatAutoboot } from "@pibuild/config";
import { buildDelta, type Slot, signPayload } from "../../src/index.ts";
import type { Placed, World } from "../crash/judge.ts";
import type { Files, Operation, Partitions } from "../crash/operation.ts";
import { roles } from "../crash/operation.ts";
import { testSigners, trusted } from "../keys.ts";
import { type Rig, systemImages } from "../rig.ts";
import { autobootOffset } from "./fat-volume.ts";
import { createMachine, type Machine, type MachineOptions, updater } from "./machine.ts";
import { recordUpdate } from "./record.ts";
import { otherSlot, slotHolding } from "./slots.ts";

/** The systems of these scenarios: what runs, what was in the other slot before, and the update. */
const images = {
  "0.9.0": systemImages("older"),
  "1.0.0": systemImages("old"),
  "1.2.0": systemImages("new"),
} as const;
type Version = keyof typeof images;
/** The version of `description`, with which payloads are built here. */
const next = "1.2.0";

/** One run of the updater on a machine in a certain state. */
export interface Scenario {
  readonly name: string;
  readonly slot: Slot;
  readonly runs: Version;
  /** What the other slot has. */
  readonly other: Version;
  readonly machine?: MachineOptions;
  readonly pending?: { readonly slot: Slot; readonly version: Version };
  /** Both numbers in `autoboot.txt`, where a sector was torn. */
  readonly torn?: number;
  /** What to run; `PAYLOAD` and `DELTA` stand for files. */
  readonly args: readonly string[];
  /** How it ends: the exit code, the slot that boots then, what is pending, the floor. */
  readonly ends: {
    readonly exitCode: number;
    readonly boots: Slot;
    readonly pending?: Slot;
    readonly floor?: Version;
  };
}

const trial = {
  slot: "b",
  runs: next,
  other: "1.0.0",
  machine: { tryboot: true, boots: "a" },
} as const;

export const scenarios = {
  apply: {
    ...{
      name: "apply in slot a, while an older one is pending",
      slot: "a",
      runs: "1.0.0",
      other: "0.9.0",
    },
    ...{ pending: { slot: "b", version: "0.9.0" }, args: ["apply", "PAYLOAD"] },
    ends: { exitCode: 0, boots: "a", pending: "b" },
  },
  applyInB: {
    ...{
      name: "apply in slot b",
      slot: "b",
      runs: "1.0.0",
      other: "0.9.0",
      args: ["apply", "PAYLOAD"],
    },
    ends: { exitCode: 0, boots: "b", pending: "a" },
  },
  applyDelta: {
    ...{
      name: "apply a delta",
      slot: "a",
      runs: "1.0.0",
      other: "0.9.0",
      args: ["apply", "DELTA"],
    },
    ends: { exitCode: 0, boots: "a", pending: "b" },
  },
  applyOnTrial: {
    ...{
      name: "apply on trial",
      ...trial,
      pending: { slot: "b", version: next },
      args: ["apply", "PAYLOAD"],
    },
    ends: { exitCode: 11, boots: "a", pending: "b" },
  },
  confirm: {
    ...{
      name: "confirm on trial",
      ...trial,
      pending: { slot: "b", version: next },
      args: ["confirm"],
    },
    ends: { exitCode: 0, boots: "b", floor: next },
  },
  confirmTorn: {
    ...{ name: "confirm after half a sector", slot: "b", runs: next, other: "1.0.0", torn: 3 },
    ...{ pending: { slot: "b", version: next }, args: ["confirm"] },
    ends: { exitCode: 0, boots: "b", floor: next },
  },
  settle: {
    ...{ name: "confirm after the commit", slot: "b", runs: next, other: "1.0.0" },
    ...{ pending: { slot: "b", version: next }, args: ["confirm"] },
    ends: { exitCode: 0, boots: "b", floor: next },
  },
  rolledBack: {
    ...{ name: "confirm after the trial failed", slot: "a", runs: "1.0.0", other: next },
    ...{ pending: { slot: "b", version: next }, args: ["confirm"] },
    ends: { exitCode: 0, boots: "a" },
  },
} as const satisfies Record<string, Scenario>;

/** What a scenario began with, what was done, and how it ended. */
export interface Recording {
  readonly partitions: Partitions;
  readonly files: Files;
  readonly world: World;
  readonly log: readonly Operation[];
  readonly exitCode: number;
  readonly stderr: string;
}

/** The payloads that scenarios apply. */
export async function scenarioPayloads(rig: Rig) {
  const PAYLOAD = await rig.payload("next.kn86fw", images[next]);
  const base = await rig.payload("old.kn86fw", images["1.0.0"]);
  const DELTA = rig.path("delta.kn86fw");
  await buildDelta({ payload: PAYLOAD, base, output: DELTA, trust: trusted });
  await signPayload({ payload: DELTA, signers: [testSigners.first] });
  return { PAYLOAD, DELTA };
}

/** Runs it with its writes recorded. */
export async function record(
  scenario: Scenario,
  payloads: Readonly<Record<string, string>>,
  program = updater,
): Promise<Recording> {
  const { slot, runs, other, pending, torn } = scenario;
  const [here, there] = [
    slotHolding(images[runs], slot),
    slotHolding(images[other], otherSlot[slot]),
  ];
  await using machine = await createMachine({
    slot,
    device: { VERSION: runs, SECURITY_EPOCH: 1 },
    partitions: {
      ...{ [`boot-${slot}`]: here.boot, [`root-${slot}`]: here.root },
      ...{ [`boot-${otherSlot[slot]}`]: there.boot, [`root-${otherSlot[slot]}`]: there.root },
    },
    ...scenario.machine,
  });
  if (torn !== undefined) await tear(machine, torn);
  const files = new Map<string, Buffer>();
  if (pending !== undefined) {
    const lines = `SLOT=${pending.slot}\nVERSION=${pending.version}\nSECURITY_EPOCH=1\nMANIFEST=0\n`;
    files.set(".kn86/pending", Buffer.from(lines));
    await machine.write("home/shared/.kn86/pending", lines);
  }
  const partitions = await partitionsOf(machine);
  const args = scenario.args.map((argument) => payloads[argument] ?? argument);
  const { result, log } = await recordUpdate(machine, args, program);
  const world = {
    systems: everywhere(),
    autobootOffset,
    common: partitions.common,
    floor: "0.0.0",
  };
  return {
    ...{ partitions, files, log, exitCode: result.exitCode, stderr: result.stderr },
    world: { ...world, updateTo: next },
  };
}

/** Each system in each slot: that one may be found whole there. */
function everywhere(): Placed[] {
  return Object.entries(images).flatMap(([version, system]) =>
    (["a", "b"] as const).map((slot) => ({ slot, version, ...slotHolding(system, slot) })),
  );
}

async function tear(machine: Machine, number: number): Promise<void> {
  const common = await machine.partition("common");
  const whole = formatAutoboot({ boot: 2, tryboot: 3 }).toString();
  common.write(whole.replaceAll(/=[23]\n/g, `=${number}\n`), autobootOffset);
  await machine.write("dev/mmcblk0p1", common);
}

async function partitionsOf(machine: Machine): Promise<Partitions> {
  const contents = roles.map(async (role) => [role, await machine.partition(role)] as const);
  return Object.fromEntries(await Promise.all(contents)) as unknown as Partitions;
}
