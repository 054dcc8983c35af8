import type { Range } from "./disk.ts";
import type { Operation } from "./log.ts";
import type { Memory } from "./recorder.ts";

const sectorBytes = 512;

/** What a device may be found as when the power comes back. */
export interface CrashPoint {
  /** The same memory for each point: it is read before the next one is asked for. */
  readonly disk: Buffer;
  readonly memory: Memory;
  /** How many operations of the log were begun, and how their writes fared. */
  readonly after: number;
  readonly how: string;
  /** The firmware boots the other slot now. */
  readonly trying: boolean;
}

type Write = Extract<Operation, { kind: "write" }>;

/**
 * Every state that a cut of the power can leave, sampled. For each prefix of the log: nothing and
 * everything of what was not flushed, then `samples` mixtures in which each sector has, by itself, any
 * of the contents that were meant for it, and every other one with a sector that is torn: its
 * beginning from one content and its end from another.
 */
export function* crashPoints(
  before: Buffer,
  memory: Memory,
  log: readonly Operation[],
  { samples, seed }: { readonly samples: number; readonly seed: number },
): Generator<CrashPoint> {
  const durable = Buffer.from(before);
  const disk = Buffer.alloc(before.length);
  const random = generator(seed);
  let waiting: Write[] = [];
  for (let after = 0; after <= log.length; after++) {
    const operation = log[after - 1];
    if (operation?.kind === "write") waiting.push(operation);
    if (operation?.kind === "flush") waiting = flush(durable, waiting, operation.range);
    memory = remember(memory, operation);
    const trying = operation?.kind === "tryboot";
    const point = (how: string): CrashPoint => ({ disk, memory, after, how, trying });
    durable.copy(disk);
    yield point("nothing that waits");
    if (waiting.length === 0) continue;
    for (const write of waiting) write.bytes.copy(disk, write.offset);
    yield point("everything");
    const contents = contentsOf(durable, waiting);
    for (let sample = 0; sample < samples; sample++) {
      durable.copy(disk);
      mix(disk, contents, random);
      if (sample % 2 === 1) tear(disk, contents, random);
      yield point(`mixture ${sample}`);
    }
  }
}

/** What a device remembers once this was done. */
export function remember(memory: Memory, operation: Operation | undefined): Memory {
  if (operation?.kind === "pending") return { ...memory, pending: operation.slot };
  if (operation?.kind === "floor") return { ...memory, floor: operation.floor };
  return memory;
}

/** Writes what the flush reaches, and returns what still waits. */
function flush(durable: Buffer, waiting: Write[], range?: Range): Write[] {
  const reached = ({ offset }: Write) =>
    range === undefined || (offset >= range.offset && offset < range.offset + range.size);
  for (const { offset, bytes } of waiting.filter(reached)) bytes.copy(durable, offset);
  return waiting.filter((write) => !reached(write));
}

/** By sector: what it was, and all that it was to become, in order. */
function contentsOf(durable: Buffer, waiting: readonly Write[]): [number, Buffer[]][] {
  const contents = new Map<number, Buffer[]>();
  for (const { offset, bytes } of waiting) {
    const last = Math.floor((offset + bytes.length - 1) / sectorBytes);
    for (let sector = Math.floor(offset / sectorBytes); sector <= last; sector++) {
      const start = sector * sectorBytes;
      const known = contents.get(sector) ?? [durable.subarray(start, start + sectorBytes)];
      const next = Buffer.from(known.at(-1) as Buffer);
      const from = Math.max(start, offset);
      bytes.copy(next, from - start, from - offset, start + sectorBytes - offset);
      contents.set(sector, [...known, next]);
    }
  }
  return [...contents];
}

function mix(disk: Buffer, contents: readonly [number, Buffer[]][], random: Random): void {
  // Sometimes nearly all sectors made it, and sometimes hardly any.
  const share = random(5) / 4;
  for (const [sector, versions] of contents) {
    const newest = random(1000) < share * 1000;
    const version = newest ? versions.length - 1 : random(versions.length);
    (versions[version] as Buffer).copy(disk, sector * sectorBytes);
  }
}

function tear(disk: Buffer, contents: readonly [number, Buffer[]][], random: Random): void {
  const [sector, versions] = contents[random(contents.length)] as [number, Buffer[]];
  const [first, second] = [versions[random(versions.length)], versions[random(versions.length)]];
  const at = 1 + random(sectorBytes - 1);
  first?.copy(disk, sector * sectorBytes, 0, at);
  second?.copy(disk, sector * sectorBytes + at, at);
}

/** A whole number below the one it is given. */
type Random = (below: number) => number;

/** The same numbers for the same seed (xorshift32), so that a point that fails can be tried again. */
function generator(seed: number): Random {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
