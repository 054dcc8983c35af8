import { parseAutoboot } from "@pibuild/pi-boot";
import fc from "fast-check";
import { expect, test } from "vitest";

/** Inputs for the property; tools/fuzz tries 100,000. */
const numRuns = Number(process.env.PIBUILD_FUZZ_RUNS ?? 2000);
const timeout = 60_000 + numRuns * 50;
const seed = process.env.PIBUILD_FUZZ_SEED;
const parameters = { numRuns, ...(seed === undefined ? {} : { seed: Number(seed) }) };

test("any bytes are read, and what is passed over has its place", { timeout }, () => {
  const piece = fc.oneof(
    fc.constantFrom("[all]", "[none]", "[tryboot]", "boot_partition=", "tryboot_a_b=", "\n", "#"),
    fc.integer({ min: -1, max: 200 }).map(String),
    fc.string({ unit: "binary", maxLength: 8 }),
  );
  const text = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(""));
  const bytes = fc.uint8Array({ maxLength: 600 });
  fc.assert(
    fc.property(
      fc.oneof(
        bytes,
        text.map((value) => Buffer.from(value)),
      ),
      (input) => {
        const { boot, tryboot, ignored } = parseAutoboot(input);
        for (const partition of [boot, tryboot]) {
          expect(Number.isInteger(partition) && partition >= 0 && partition <= 62).toBe(true);
        }
        for (const { message } of ignored) expect(message).toMatch(/^[\x20-\x7e]+$/);
        // A line that is passed over might as well not be there.
        const lines = Buffer.from(input.subarray(0, 512)).toString("latin1").split("\n");
        for (const { at } of ignored) if (at.line !== undefined) lines[at.line - 1] = "";
        const kept = parseAutoboot(Buffer.from(lines.join("\n"), "latin1"));
        if (lines.every((line) => !line.trim().startsWith("["))) {
          expect({ ...kept, ignored }).toEqual({ boot, tryboot, abUpdate: kept.abUpdate, ignored });
        }
      },
    ),
    parameters,
  );
});
