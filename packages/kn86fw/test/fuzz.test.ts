import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isPibuildError } from "@pibuild/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { trustKeys } from "../src/keys/trusted-keys.ts";
import { openPayload } from "../src/read/open-payload.ts";
import { bytesSource, type Source } from "../src/read/source.ts";
import { verifyPayload } from "../src/verify/verify-payload.ts";
import { forge, type Pieces, takeApart } from "./forge.ts";
import { publicPems, testSigners } from "./keys.ts";
import { mutations } from "./mutate.ts";
import { manifestEdits, pieceEdits } from "./mutate-pieces.ts";

/** Inputs for each property; tools/fuzz tries 100,000. */
const numRuns = Number(process.env.PIBUILD_FUZZ_RUNS ?? 400);
const timeout = 60_000 + numRuns * 50;
const seed = process.env.PIBUILD_FUZZ_SEED;
const parameters = { numRuns, ...(seed === undefined ? {} : { seed: Number(seed) }) };

const trust = trustKeys([publicPems.first]);
const vector = (name: string) =>
  readFile(join(import.meta.dirname, "vectors/payloads", `${name}.kn86fw`));
const full = await vector("good-full");
const delta = await vector("good-delta");
const pieces: Record<string, Pieces> = {
  full: await takeApart(full),
  delta: await takeApart(delta),
};

/** A source that no reader may ask for more than a file of this size has. */
function watched(bytes: Buffer): Source {
  const source = bytesSource(bytes);
  return {
    ...source,
    async read(offset, length) {
      const sane = Number.isInteger(offset) && Number.isInteger(length) && length >= 0;
      if (!sane || offset + length > bytes.length) throw new Error(`read ${offset} ${length}`);
      return source.read(offset, length);
    },
  };
}

/** Whether it is accepted. Whatever is thrown but a refusal, is thrown on. */
async function isAccepted(bytes: Buffer): Promise<boolean> {
  try {
    await verifyPayload(await openPayload(watched(bytes), { trust }));
    return true;
  } catch (error) {
    if (isPibuildError(error, "PAYLOAD_REFUSED")) return false;
    throw error;
  }
}

test(
  "no changed payload is accepted, and none makes the reader fail otherwise than by refusing",
  async () => {
    let changed = 0;
    const payloads = fc.constantFrom(full, delta);
    const property = fc.asyncProperty(payloads, mutations, async (payload, mutate) => {
      const bytes = mutate(payload);
      const same = bytes.equals(payload);
      if (!same) changed++;
      expect(await isAccepted(bytes)).toBe(same);
    });
    await fc.assert(property, parameters);
    // Nearly all mutations are changes; where they were not, nothing would have been tried.
    expect(changed).toBeGreaterThan(numRuns / 2);
  },
  timeout,
);

test(
  "whatever a trusted key signs, the reader takes it or refuses it",
  async () => {
    let refused = 0;
    const property = fc.asyncProperty(
      fc.constantFrom("full", "delta"),
      fc.option(manifestEdits, { nil: undefined }),
      fc.option(pieceEdits, { nil: undefined }),
      async (name, editManifest, editPieces) => {
        const whole = pieces[name] as Pieces;
        const edited = editPieces === undefined ? whole : editPieces(whole);
        const forgery = { signers: [testSigners.first] };
        const bytes = await forge(
          edited,
          editManifest === undefined ? forgery : { ...forgery, editManifest },
        );
        if (!(await isAccepted(bytes))) refused++;
      },
    );
    await fc.assert(property, parameters);
    expect(refused).toBeGreaterThan(numRuns / 4);
  },
  timeout,
);

test(
  "bytes that are no payload are refused",
  async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 4096 }).map((data) => Buffer.from(data)),
      fc
        .tuple(fc.integer({ min: 1, max: 4096 }), fc.uint8Array({ maxLength: 4096 }))
        .map(([length, data]) => Buffer.concat([full.subarray(0, length), data])),
    );
    const property = fc.asyncProperty(bytes, async (data) => {
      expect(await isAccepted(data)).toBe(false);
    });
    await fc.assert(property, parameters);
  },
  timeout,
);
