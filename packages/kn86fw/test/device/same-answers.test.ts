import { readFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { checkDevice } from "../../src/device/check-device.ts";
import { noFloor, readDeviceFacts } from "../../src/device/device-facts.ts";
import { trustKeys } from "../../src/keys/trusted-keys.ts";
import { openPayload } from "../../src/read/open-payload.ts";
import { bytesSource } from "../../src/read/source.ts";
import { verifyPayload } from "../../src/verify/verify-payload.ts";
import { forge, takeApart } from "../forge.ts";
import { publicPems, testSigners } from "../keys.ts";
import { mutations } from "../mutate.ts";
import { manifestEdits, pieceEdits } from "../mutate-pieces.ts";
import { createRig, refusalOf } from "../rig.ts";
import { createMachine } from "./machine.ts";

/**
 * Payloads of each kind. `PIBUILD_FUZZ_RUNS=1000` tries more; `PIBUILD_FUZZ_SEED` others. Each is a run of a
 * shell script, a hundred times what the readers' own properties cost, hence the limit.
 */
const numRuns = Math.min(Number(process.env.PIBUILD_FUZZ_RUNS ?? 25), 2500);
const seed = Number(process.env.PIBUILD_FUZZ_SEED ?? 1);
const timeout = 120_000 + numRuns * 5000;

const trust = trustKeys([publicPems.first]);
const vectors = join(import.meta.dirname, "../vectors");
const full = await readFile(join(vectors, "payloads/good-full.kn86fw"));
const delta = await readFile(join(vectors, "payloads/good-delta.kn86fw"));

/** What the reader in TypeScript says, in the order of the specification. */
async function answerOf(payload: Buffer): Promise<string> {
  const check = async () => {
    const opened = await openPayload(bytesSource(payload), { trust });
    const device = await readDeviceFacts(join(vectors, "devices/deck"));
    checkDevice("payload", opened.manifest, { device, floor: noFloor });
    await verifyPayload(opened);
  };
  return (await refusalOf(check())) ?? "ok";
}

async function compare(payloads: readonly Buffer[]): Promise<Set<string>> {
  await using rig = await createRig();
  const device = Object.fromEntries(
    (await readFile(join(vectors, "devices/deck"), "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => line.split("=") as [string, string]),
  );
  await using machine = await createMachine({ device, keys: { "first.pub": publicPems.first } });
  const words = new Set<string>();
  for (const [number, payload] of payloads.entries()) {
    const { stderr } = await machine.update("verify", await rig.write("payload", payload));
    const [said = ""] = stderr === "" ? ["ok"] : stderr.split(":");
    const wanted = await answerOf(payload);
    // Sums of chunks that are not the image's are known from the index alone.
    const same = said === "index" && wanted === "chunk" ? wanted : said;
    expect(same, `payload ${number} of seed ${seed}: ${stderr}`).toBe(wanted);
    words.add(said);
  }
  return words;
}

test(
  "both readers give the same answer to changed bytes",
  async () => {
    const arbitrary = fc.tuple(fc.constantFrom(full, delta), mutations);
    const samples = fc.sample(arbitrary, { numRuns, seed });
    const words = await compare(samples.map(([payload, mutate]) => mutate(payload)));
    expect(words.size).toBeGreaterThan(2);
  },
  timeout,
);

test(
  "both readers give the same answer to whatever a trusted key signs",
  async () => {
    const whole = [await takeApart(full), await takeApart(delta)] as const;
    const arbitrary = fc.tuple(
      fc.constantFrom(...whole),
      fc.option(manifestEdits, { nil: undefined }),
      fc.option(pieceEdits, { nil: undefined }),
    );
    const forged = fc
      .sample(arbitrary, { numRuns: 2 * numRuns, seed })
      .map(([pieces, editManifest, editPieces]) =>
        forge(editPieces === undefined ? pieces : editPieces(pieces), {
          signers: [testSigners.first],
          ...(editManifest === undefined ? {} : { editManifest }),
        }),
      );
    const words = await compare(await Promise.all(forged));
    expect(words.size).toBeGreaterThan(2);
  },
  timeout,
);
