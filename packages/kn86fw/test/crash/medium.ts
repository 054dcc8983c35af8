import type { DeviceOperation, Partitions, Role } from "./operation.ts";

const sectorBytes = 512;

/** A sector that was written, and of which nobody knows yet whether it reached the medium. */
export interface FloatingSector {
  readonly device: Role;
  readonly offset: number;
  readonly data: Buffer;
  /** Counts the writes, each of which is one or more sectors. */
  readonly write: number;
}

/** How much of a sector reached the medium: all, nothing, or its bytes up to or from a place. */
export type Fate = "all" | "nothing" | { readonly upTo: number } | { readonly from: number };

/**
 * Partitions with a cache that may write back whenever, and in whatever order, until a flush. A write
 * is cut into sectors, and each of them has its own fate when the power goes.
 */
export class Medium {
  #durable: Record<Role, Buffer>;
  #floating: FloatingSector[] = [];
  #writes = 0;

  constructor(partitions: Partitions) {
    this.#durable = { ...partitions };
  }

  get floating(): readonly FloatingSector[] {
    return this.#floating;
  }

  do(operation: DeviceOperation): void {
    if (operation.op === "flush") {
      const { device } = operation;
      const done = this.#floating.filter((sector) => sector.device === device);
      this.#durable = { ...this.#write(done.map((sector) => [sector, "all"])) };
      this.#floating = this.#floating.filter((sector) => sector.device !== device);
      return;
    }
    const { device, offset, data } = operation;
    this.#writes++;
    for (let at = 0; at < data.length; ) {
      const length = Math.min(sectorBytes - ((offset + at) % sectorBytes), data.length - at);
      const piece = data.subarray(at, at + length);
      this.#floating.push({ device, offset: offset + at, data: piece, write: this.#writes });
      at += length;
    }
  }

  /** What is on it after the power went. */
  cut(fate: (sector: FloatingSector, index: number) => Fate): Partitions {
    return this.#write(this.#floating.map((sector, index) => [sector, fate(sector, index)]));
  }

  #write(sectors: readonly (readonly [FloatingSector, Fate])[]): Partitions {
    const partitions = { ...this.#durable };
    const copied = new Set<Role>();
    for (const [{ device, offset, data }, fate] of sectors) {
      if (fate === "nothing") continue;
      if (!copied.has(device)) partitions[device] = Buffer.from(partitions[device]);
      copied.add(device);
      const from =
        typeof fate === "object" && "from" in fate ? Math.min(fate.from, data.length) : 0;
      const upTo = typeof fate === "object" && "upTo" in fate ? fate.upTo : data.length;
      data.copy(partitions[device], offset + from, from, upTo);
    }
    return partitions;
  }
}
