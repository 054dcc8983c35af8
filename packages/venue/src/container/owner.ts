import { hostname } from "node:os";
import { bootId, pidNamespace, startTime } from "@pibuild/core";

const label = "pibuild.owner";

/** The label that every container carries: who started it, in words that no other process has. */
export async function ownerLabels(): Promise<Record<string, string>> {
  const owner = { place: await place(), pid: process.pid, started: await startTime(process.pid) };
  return { [label]: JSON.stringify(owner) };
}

export { label as ownerLabel };

/** Whether the process that a label names is gone. One of another machine or pid namespace cannot be told. */
export async function isGone(text: string): Promise<boolean> {
  const owner = readOwner(text);
  if (owner === undefined || owner.place.machine !== (await place()).machine) return false;
  const here = await place();
  if (owner.place.boot !== here.boot) return true;
  if (owner.place.pids !== here.pids) return false;
  return (await startTime(owner.pid)) !== owner.started;
}

interface Owner {
  readonly place: Place;
  readonly pid: number;
  readonly started: string;
}

interface Place {
  readonly machine: string;
  /** One start of the machine; process numbers begin again after it. */
  readonly boot: string;
  /** The pid namespace. */
  readonly pids: string;
}

function readOwner(text: string): Owner | undefined {
  try {
    return JSON.parse(text) as Owner;
  } catch {
    // Another program's label.
    return undefined;
  }
}

async function place(): Promise<Place> {
  return {
    machine: hostname(),
    boot: await bootId(),
    pids: await pidNamespace(),
  };
}
