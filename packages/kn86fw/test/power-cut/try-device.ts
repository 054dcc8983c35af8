import { crashPoints, remember } from "./crash-points.ts";
import { forgotten, incomplete, violation } from "./invariants.ts";
import type { Operation } from "./log.ts";
import type { Memory } from "./recorder.ts";
import { next, systems } from "./systems.ts";
import { type Device, layout, type Protocol, runUpdate } from "./update.ts";

/** What trying a device gave: how many points, and the first that is wrong. */
export interface Tried {
  readonly points: number;
  readonly fault?: string;
}

export interface TryOptions {
  readonly samples: number;
  readonly seed: number;
}

/** Runs an update and cuts the power everywhere. */
export async function tryDevice(
  device: Device,
  protocol: Protocol,
  options: TryOptions,
): Promise<Tried> {
  const { log, disk, error } = await runUpdate(device, protocol);
  const tried = tryLog(device.disk, device.memory, log, options);
  if (tried.fault !== undefined || device.loses !== undefined) return tried;
  if (error !== undefined) return { ...tried, fault: `it fails: ${error}` };
  const fault = incomplete({ disk, memory: memoryAfter(device.memory, log) }, layout, next);
  return fault === undefined ? tried : { ...tried, fault };
}

/** Cuts the power everywhere in what an applier did; `log` may be of any applier. */
export function tryLog(
  before: Buffer,
  memory: Memory,
  log: readonly Operation[],
  options: TryOptions,
): Tried {
  let points = 0;
  for (const point of crashPoints(before, memory, log, options)) {
    points++;
    const fault = violation(point, layout, systems) ?? forgotten(point, layout, next);
    if (fault !== undefined) {
      return { points, fault: `after ${point.after} operations, ${point.how}: ${fault}` };
    }
  }
  return { points };
}

function memoryAfter(memory: Memory, log: readonly Operation[]): Memory {
  return log.reduce(remember, memory);
}
