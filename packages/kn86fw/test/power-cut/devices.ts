import { readFile } from "node:fs/promises";
import { buildDelta } from "../../src/build/build-delta.ts";
import { noFloor } from "../../src/device/device-facts.ts";
import type { Slot } from "../../src/format/manifest.ts";
import { signPayload } from "../../src/sign/sign-payload.ts";
import { testSigners, trusted } from "../keys.ts";
import { createRig } from "../rig.ts";
import { blank } from "./recorder.ts";
import { chunkSize, next, old, older } from "./systems.ts";
import { type Device, makeDisk } from "./update.ts";

/** The devices on which every cut of the power is tried. */
export async function makeDevices(): Promise<Device[]> {
  const { full, delta } = await makePayloads();
  const on = (slot: Slot, other: Slot) => ({
    slot,
    memory: blank,
    payload: full,
    disk: makeDisk(slot, { [slot]: old, [other]: older }),
  });
  const floor = { ...noFloor, version: "1.1.0" };
  return [
    { name: "from A to B", ...on("a", "b") },
    { name: "from B to A", ...on("b", "a") },
    { name: "the first update", ...on("a", "b"), disk: makeDisk("a", { a: old }) },
    { name: "a delta", ...on("a", "b"), payload: delta },
    {
      // Of an earlier update, which nobody tried.
      name: "an update that waits",
      ...on("a", "b"),
      disk: makeDisk("a", { a: old, b: next }),
      memory: { pending: "b", floor },
    },
    {
      name: "a medium that loses the root",
      ...on("a", "b"),
      loses: { partition: "root-b", write: 2 },
    },
    {
      name: "a medium that loses the boot",
      ...on("a", "b"),
      loses: { partition: "boot-b", write: 4 },
    },
  ];
}

async function makePayloads(): Promise<{ full: Buffer; delta: Buffer }> {
  await using rig = await createRig();
  const images = ({ boot, root }: typeof next) => ({ boot: boot.a, root });
  const base = await rig.payload("old", images(old), { chunkSize });
  const payload = await rig.payload("next", images(next), { chunkSize });
  const output = rig.path("delta");
  await buildDelta({ payload, base, output, trust: trusted });
  await signPayload({ payload: output, signers: [testSigners.first] });
  return { full: await readFile(payload), delta: await readFile(output) };
}
