import type { BlockDevice } from "../src/apply/block-device.ts";
import type { Pending, UpdateState } from "../src/apply/update-state.ts";
import { type Floor, noFloor } from "../src/device/device-facts.ts";

/** A partition in memory. */
export function memoryDevice(bytes: Buffer, name = "device"): BlockDevice & { bytes: Buffer } {
  return {
    name,
    bytes,
    size: bytes.length,
    read: async (offset, length) => Buffer.from(bytes.subarray(offset, offset + length)),
    async write(offset, data) {
      if (offset + data.length > bytes.length) throw new RangeError("behind the end");
      data.copy(bytes, offset);
    },
    flush: async () => undefined,
  };
}

export function memoryState(floor: Floor = noFloor): UpdateState & { pending?: Pending } {
  const state: UpdateState & { pending?: Pending } = {
    readFloor: async () => floor,
    async writeFloor(next) {
      floor = next;
    },
    readPending: async () => state.pending,
    async writePending(pending) {
      state.pending = pending;
    },
    async removePending() {
      delete state.pending;
    },
  };
  return state;
}
