/**
 * Makes the test vectors: `node --conditions=@pibuild/source packages/kn86fw/test/vectors/make.ts`.
 * Their bytes depend on the zstd in Node.js, so they are made when the format changes and not in CI.
 */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { zstdCompressSync } from "node:zlib";
import { sha256 } from "@pibuild/core";
import { buildDelta } from "../../src/build/build-delta.ts";
import { signPayload } from "../../src/sign/sign-payload.ts";
import { type Pieces, takeApart } from "../forge.ts";
import { publicPems, testKeys, testSigners, trusted } from "../keys.ts";
import { cmdline, createRig, description } from "../rig.ts";
import { badBodies } from "./bad-bodies.ts";
import { badHeads } from "./bad-heads.ts";
import { devices, floors, good, table } from "./cases.ts";
import { chunkSize, newSystem, oldSystem, type System, touchedSystem } from "./systems.ts";

const here = import.meta.dirname;

async function put(name: string, bytes: Buffer | string): Promise<void> {
  await mkdir(dirname(join(here, name)), { recursive: true });
  await writeFile(join(here, name), bytes);
}

async function putImages(name: string, { boot, root }: System): Promise<void> {
  await put(`images/${name}/boot.zst`, zstdCompressSync(boot));
  await put(`images/${name}/root.zst`, zstdCompressSync(root));
}

/** The good ones; all others are made of them. */
async function goodPayloads(): Promise<Record<string, Buffer>> {
  await using rig = await createRig();
  const base = await rig.payload("old", oldSystem(), { chunkSize });
  const payload = await rig.payload("new", newSystem(), { chunkSize, description });
  const made: Record<string, Buffer> = { [good.full]: await readFile(payload) };
  const output = rig.path("delta");
  await buildDelta({ payload, base, output, trust: trusted });
  await signPayload({ payload: output, signers: [testSigners.first] });
  made[good.delta] = await readFile(output);
  await signPayload({ payload, signers: [testSigners.stranger, testSigners.second] });
  made[good.threeKeys] = await readFile(payload);
  return made;
}

for (const name of ["payloads", "images", "devices", "floors", "keys"]) {
  await rm(join(here, name), { recursive: true, force: true });
}
const payloads = await goodPayloads();
const full = payloads[good.full] as Buffer;
const pieces: Pieces = await takeApart(full);
Object.assign(payloads, await badHeads(full, pieces), await badBodies(full, pieces));
for (const [name, bytes] of Object.entries(payloads)) await put(`payloads/${name}.kn86fw`, bytes);
for (const [name, text] of Object.entries(devices)) await put(`devices/${name}`, text);
for (const [name, text] of Object.entries(floors)) await put(`floors/${name}`, text);
await put("keys/device/first.pub", publicPems.first);
await put("keys/device/second.pub", publicPems.second);
await put("keys/other/stranger.pub", publicPems.stranger);
await put("keys/FOR-TESTS-ONLY.pem", testKeys.first);
await putImages("old", oldSystem());
await putImages("touched", touchedSystem());
const slotB = newSystem();
cmdline.b.copy(slotB.boot, cmdline.offset);
await putImages("new-a", newSystem());
await putImages("new-b", slotB);
const sums = Object.entries({ "new-a": newSystem(), "new-b": slotB }).flatMap(([name, system]) => [
  `${sha256(system.boot)}  ${name}/boot\n`,
  `${sha256(system.root)}  ${name}/root\n`,
]);
await put("images/SHA256SUMS", sums.join(""));
await put("vectors.tsv", table(Object.keys(payloads)));
