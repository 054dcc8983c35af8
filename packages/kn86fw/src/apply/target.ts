import type { Receiver } from "../device/check-device.ts";
import type { DeviceFacts } from "../device/device-facts.ts";
import type { Running } from "../device/running-slot.ts";
import type { BaseImages } from "../verify/verify-payload.ts";
import type { BlockDevice } from "./block-device.ts";
import type { UpdateState } from "./update-state.ts";

/** The partitions of the slot that does not run. */
export interface TargetSlot {
  readonly boot: BlockDevice;
  readonly root: BlockDevice;
}

/** A device to which a payload is applied. */
export interface Target extends Pick<Receiver, "allowDowngrade"> {
  readonly device: DeviceFacts;
  readonly state: UpdateState;
  /** What runs; nothing where nobody can tell. The other slot is written. */
  readonly running: Running | undefined;
  readonly inactive: TargetSlot;
  /** The partitions of the slot that runs; a delta takes blocks from them. */
  readonly active: BaseImages;
}
