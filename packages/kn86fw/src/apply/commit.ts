import { PibuildError } from "@pibuild/core";
import { type DeviceFacts, greaterFloor } from "../device/device-facts.ts";
import type { Running } from "../device/running-slot.ts";
import { refuse } from "../refuse.ts";
import { autobootForm, readAutobootSector } from "./autoboot-sector.ts";
import type { BlockDevice } from "./block-device.ts";
import type { UpdateState } from "./update-state.ts";

export interface CommitOptions {
  /** The first partition, which has `autoboot.txt`; not mounted. */
  readonly common: BlockDevice;
  readonly running: Running | undefined;
  readonly state: UpdateState;
  /** What the running system says of itself. */
  readonly device: DeviceFacts;
}

/** A step of docs/kn86fw.md. What it wrote is on the medium when it returns. */
export interface CommitStep {
  readonly name: string;
  run(options: CommitOptions & { readonly running: Running }): Promise<void>;
}

const swapSlots: CommitStep = {
  name: "swap",
  async run({ common, running }) {
    const { slot } = await readAutobootSector(common);
    if (slot === undefined) {
      refuse(common.name, "slot", "`autoboot.txt` has none of its two forms");
    }
    await writeForm(common, running);
  },
};

const raiseFloor: CommitStep = {
  name: "floor",
  async run({ state, device }) {
    const { securityEpoch, version } = greaterFloor(await state.readFloor(), device);
    await state.writeFloor({ securityEpoch, version });
  },
};

const forgetPending: CommitStep = {
  name: "forget",
  run: ({ state }) => state.removePending(),
};

/** In the order that test/power-cut proves. */
export const commitSteps: readonly CommitStep[] = [swapSlots, raiseFloor, forgetPending];

/** Makes the system that is being tried the one that boots: one write of one sector. */
export async function commitUpdate(options: CommitOptions): Promise<void> {
  const { common, running, state } = options;
  const pending = await state.readPending();
  if (running === undefined || running.confirmed || pending?.slot !== running.slot) {
    return refuse(common.name, "slot", "what runs is not an update that waits to be committed");
  }
  for (const step of commitSteps) await step.run({ ...options, running });
}

/** What a confirmed boot found of an update: nothing, one that was committed, or one that failed. */
export type UpdateOutcome = "nothing" | "committed" | "rolled-back";

/** On a confirmed boot: ends what a cut of the power left of an update. */
export async function settleUpdate(options: CommitOptions): Promise<UpdateOutcome> {
  const { common, running, state } = options;
  if (!running?.confirmed) return "nothing";
  const { slot } = await readAutobootSector(common);
  if (slot !== running.slot) await writeForm(common, running);
  const pending = await state.readPending();
  if (pending === undefined) return "nothing";
  if (pending.slot === running.slot) {
    await raiseFloor.run({ ...options, running });
    await forgetPending.run({ ...options, running });
    return "committed";
  }
  await state.removePending();
  return "rolled-back";
}

async function writeForm(common: BlockDevice, { slot }: Running): Promise<void> {
  const { offset } = await readAutobootSector(common);
  const form = autobootForm(slot);
  await common.write(offset, form);
  await common.flush();
  await common.dropCache?.();
  if ((await readAutobootSector(common)).slot === slot) return;
  throw new PibuildError("VERIFY_FAILED", {
    what: `\`autoboot.txt\` on \`${common.name}\``,
    detail: "it is not what was written",
    hint: "the medium may be worn out: copy what is on it, and take another",
  });
}
