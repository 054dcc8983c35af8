import type { BlockDevice } from "../../src/apply/block-device.ts";
import { checkPayload } from "../../src/apply/check.ts";
import { type CommitStep, commitSteps } from "../../src/apply/commit.ts";
import { type ApplyStep, applySteps } from "../../src/apply/steps.ts";
import { otherSlot } from "../../src/device/running-slot.ts";
import type { Slot } from "../../src/format/manifest.ts";
import { bytesSource } from "../../src/read/source.ts";
import { commonPartition, facts } from "../apply-rig.ts";
import { trusted } from "../keys.ts";
import { diskBytes, type Layout, layOut, type PartitionName, partition, slotOn } from "./disk.ts";
import type { KnownSystem } from "./invariants.ts";
import { type Memory, type Recorder, record } from "./recorder.ts";
import { bootSize, next, rootSize } from "./systems.ts";

export const layout: Layout = layOut({ common: 4096, boot: bootSize, root: rootSize });

/** A device before an update. */
export interface Device {
  readonly name: string;
  readonly disk: Buffer;
  readonly memory: Memory;
  /** The slot that runs, confirmed. */
  readonly slot: Slot;
  readonly payload: Buffer;
  /** A medium that loses this write to this partition, and does not say so. */
  readonly loses?: { readonly partition: PartitionName; readonly write: number };
}

/** The protocol with a mistake in it, or none. */
export interface Protocol {
  readonly name: string;
  readonly apply: readonly ApplyStep[];
  readonly commit: readonly CommitStep[];
  readonly wrap: (device: BlockDevice, partition: PartitionName) => BlockDevice;
}

export const rightProtocol: Protocol = {
  name: "as specified",
  apply: applySteps,
  commit: commitSteps,
  wrap: (device) => device,
};

/** A disk whose slots have these systems, and that boots `slot`; nothing is an empty slot. */
export function makeDisk(slot: Slot, has: Partial<Record<Slot, KnownSystem>>): Buffer {
  const disk = Buffer.alloc(diskBytes(layout));
  commonPartition(slot).copy(partition(disk, layout.common));
  for (const each of ["a", "b"] as const) {
    const { boot, root } = slotOn(disk, layout, each);
    has[each]?.boot[each].copy(boot);
    has[each]?.root.copy(root);
  }
  return disk;
}

/** Applies, tries and commits, and returns what was done to the disk, up to an error if there is one. */
export async function runUpdate(
  device: Device,
  protocol: Protocol,
): Promise<Recorder & { readonly error?: unknown }> {
  const recorder = record(Buffer.from(device.disk), layout, device.memory);
  try {
    await applyAndCommit(device, protocol, recorder);
    return recorder;
  } catch (error) {
    return { ...recorder, error };
  }
}

async function applyAndCommit(device: Device, protocol: Protocol, recorder: Recorder) {
  const { slot, payload } = device;
  const { state, log } = recorder;
  const other = otherSlot(slot);
  const open = (name: PartitionName) =>
    protocol.wrap(losing(recorder.device(name), name, device.loses), name);
  const target = {
    device: facts,
    state,
    running: { slot, confirmed: true },
    inactive: { boot: open(`boot-${other}`), root: open(`root-${other}`) },
    active: { boot: open(`boot-${slot}`), root: open(`root-${slot}`) },
  };
  const accepted = await checkPayload(bytesSource(payload), target, { trust: trusted });
  const update = { ...accepted, target, onWritten: () => undefined };
  for (const step of protocol.apply) await step.run(update);
  if ((await state.readPending()) === undefined) throw new Error("nothing waits to be tried");
  log.push({ kind: "tryboot" });
  const running = { slot: other, confirmed: false };
  const { version, securityEpoch } = next;
  const options = {
    common: open("common"),
    running,
    state,
    device: { ...facts, version, securityEpoch },
  };
  for (const step of protocol.commit) await step.run(options);
}

function losing(device: BlockDevice, name: PartitionName, loses: Device["loses"]): BlockDevice {
  if (loses?.partition !== name) return device;
  let count = 0;
  return {
    ...device,
    async write(offset, bytes) {
      if (count++ !== loses.write) await device.write(offset, bytes);
    },
  };
}
