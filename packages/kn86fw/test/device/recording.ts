import { chmod } from "node:fs/promises";
import { formatAutoboot } from "@pibuild/pi-boot";
import { buildDelta } from "../../src/build/build-delta.ts";
import { signPayload } from "../../src/sign/sign-payload.ts";
import type { Placed, World } from "../crash/judge.ts";
import { type Files, type Operation, type Partitions, roles } from "../crash/operation.ts";
import { testSigners, trusted } from "../keys.ts";
import type { Rig } from "../rig.ts";
import { autobootOffset } from "./fat-volume.ts";
import { createMachine, deviceNode, type Machine, updater } from "./machine.ts";
import { recordUpdate } from "./record.ts";
import { images, next, type Scenario } from "./scenarios.ts";
import { otherSlot, slotHolding } from "./slots.ts";

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
  const { pending, torn, loses } = scenario;
  await using machine = await scenarioMachine(scenario);
  if (torn !== undefined) await tear(machine, torn);
  if (loses !== undefined) await wearOut(machine, loses);
  const files = new Map<string, Buffer>();
  if (pending !== undefined) {
    const lines = `SLOT=${pending.slot}\nVERSION=${pending.version}\nSECURITY_EPOCH=1\nMANIFEST=0\n`;
    files.set(".kn86/pending", Buffer.from(lines));
    await machine.write("home/shared/.kn86/pending", lines);
  }
  const partitions = await partitionsOf(machine);
  const args = scenario.args.map((argument) => payloads[argument] ?? argument);
  const { result, log } = await recordUpdate(machine, args, program);
  return {
    ...{ partitions, files, log, exitCode: result.exitCode, stderr: result.stderr },
    world: {
      ...{ systems: everywhere(), autobootOffset, common: partitions.common },
      ...{ floor: "0.0.0", updateTo: next },
    },
  };
}

async function scenarioMachine({ slot, runs, other, machine }: Scenario): Promise<Machine> {
  const there = otherSlot[slot];
  const [own, others] = [slotHolding(images[runs], slot), slotHolding(images[other], there)];
  return await createMachine({
    slot,
    device: { VERSION: runs, SECURITY_EPOCH: 1 },
    partitions: {
      ...{ [`boot-${slot}`]: own.boot, [`root-${slot}`]: own.root },
      ...{ [`boot-${there}`]: others.boot, [`root-${there}`]: others.root },
    },
    ...machine,
  });
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
  await machine.write(deviceNode("common"), common);
}

/** A `sync` after which the medium has lost a byte. */
async function wearOut(machine: Machine, loses: NonNullable<Scenario["loses"]>): Promise<void> {
  const node = machine.path(deviceNode(loses.device));
  const count = machine.path("flushes");
  const script = `#!/bin/sh
/bin/sync "$@"
[ "$1" = '${node}' ] || exit 0
echo >>'${count}'
[ "$(wc -l <'${count}')" -eq ${loses.flush} ] || exit 0
printf '\\377' | dd of='${node}' bs=1 seek=${loses.offset} conv=notrunc,nocreat status=none
exec /bin/sync '${node}'
`;
  await machine.write("bin/sync", script);
  await chmod(machine.path("bin/sync"), 0o755);
}

async function partitionsOf(machine: Machine): Promise<Partitions> {
  const contents = roles.map(async (role) => [role, await machine.partition(role)] as const);
  return Object.fromEntries(await Promise.all(contents)) as unknown as Partitions;
}
