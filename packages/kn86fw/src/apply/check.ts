import { checkDevice } from "../device/check-device.ts";
import { otherSlot } from "../device/running-slot.ts";
import type { CopyLine } from "../format/index-lines.ts";
import type { Slot } from "../format/manifest.ts";
import { checkBody } from "../read/check-body.ts";
import { type OpenOptions, openPayload, type Payload } from "../read/open-payload.ts";
import { readCopy } from "../read/read-chunks.ts";
import { type Indexes, readIndexes } from "../read/read-indexes.ts";
import type { Source } from "../read/source.ts";
import { refuse } from "../refuse.ts";
import type { Target } from "./target.ts";

/** A payload that this target can take, and the slot that it goes to. */
export interface Accepted {
  readonly payload: Payload;
  readonly indexes: Indexes;
  readonly slot: Slot;
}

/** Asks every question of docs/kn86fw.md in its order, and writes nothing. Throws PAYLOAD_REFUSED. */
export async function checkPayload(
  file: Source,
  target: Target,
  options: OpenOptions,
): Promise<Accepted> {
  const { running, inactive, active, state, device, allowDowngrade = false } = target;
  if (running === undefined) {
    return refuse(file.name, "slot", "the firmware and `autoboot.txt` do not agree on what runs");
  }
  if (!running.confirmed) {
    refuse(file.name, "unconfirmed", `slot ${running.slot} is only being tried`);
  }
  const payload = await openPayload(file, options);
  const slot = { boot: inactive.boot.size, root: inactive.root.size };
  const floor = await state.readFloor();
  checkDevice(file.name, payload.manifest, { device, floor, slot, allowDowngrade });
  await checkBody(payload);
  const indexes = await readIndexes(payload);
  for (const image of ["boot", "root"] as const) {
    const copies = indexes[image].filter((line): line is CopyLine => line.op === "c");
    for (const line of copies) await readCopy(payload, line, active[image]);
  }
  return { payload, indexes, slot: otherSlot(running.slot) };
}
