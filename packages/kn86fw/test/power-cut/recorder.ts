import type { BlockDevice } from "../../src/apply/block-device.ts";
import type { Pending, UpdateState } from "../../src/apply/update-state.ts";
import { type Floor, noFloor } from "../../src/device/device-facts.ts";
import type { Slot } from "../../src/format/manifest.ts";
import { type Layout, type PartitionName, partition } from "./disk.ts";
import type { Operation } from "./log.ts";

/** What a device remembers, as far as the model needs it. */
export interface Memory {
  readonly pending: Slot | undefined;
  readonly floor: Floor;
}

export const blank: Memory = { pending: undefined, floor: noFloor };

/** A disk that notes what is done to it. */
export interface Recorder {
  readonly log: Operation[];
  readonly disk: Buffer;
  readonly state: UpdateState;
  device(name: PartitionName): BlockDevice;
}

/** `disk` is changed as it is written to. */
export function record(disk: Buffer, layout: Layout, { pending, floor }: Memory): Recorder {
  const log: Operation[] = [];
  let remembered: Pending | undefined =
    pending === undefined ? undefined : { slot: pending, ...floor, manifest: "" };
  return {
    log,
    disk,
    device(name) {
      const range = layout[name];
      const own = partition(disk, range);
      return {
        name,
        size: range.size,
        read: async (offset, length) => Buffer.from(own.subarray(offset, offset + length)),
        async write(offset, bytes) {
          if (offset + bytes.length > range.size) throw new RangeError(`behind the end of ${name}`);
          bytes.copy(own, offset);
          log.push({ kind: "write", offset: range.offset + offset, bytes: Buffer.from(bytes) });
        },
        async flush() {
          log.push({ kind: "flush", range });
        },
      };
    },
    state: {
      readFloor: async () => floor,
      async writeFloor(next) {
        floor = next;
        log.push({ kind: "floor", floor });
      },
      readPending: async () => remembered,
      async writePending(next) {
        remembered = next;
        log.push({ kind: "pending", slot: next.slot });
      },
      async removePending() {
        remembered = undefined;
        log.push({ kind: "pending", slot: undefined });
      },
    },
  };
}
