import fc from "fast-check";
import type { BodyMemberName } from "../src/format/members.ts";
import { type Pieces, withContent } from "./forge.ts";
import { type Mutation, mutations } from "./mutate.ts";

type Json = string | number | Json[] | { [key: string]: Json };

/** What a field of a manifest may be, and should not. */
const values: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom(0, 1, 511, 512, 4095, 4096, 8192, 65536, 2 ** 31, 2 ** 32, 2 ** 53 - 1),
  fc.constantFrom("", "0".repeat(64), "f".repeat(64), "1.0.0", "zero2w", "__proto__", "../x"),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ maxLength: 80 }),
  fc.constantFrom<Json>([], {}, ["a", "a"], ["b", "a"]),
);

/** A field of a manifest that gets another value, goes away, or comes anew. */
export const manifestEdits: fc.Arbitrary<(manifest: unknown) => unknown> = fc
  .tuple(fc.nat(), fc.option(values, { nil: undefined }), fc.boolean())
  .map(([pick, value, within]) => (manifest) => {
    const copy = structuredClone(manifest) as { [key: string]: Json };
    const holders = objectsIn(copy);
    const holder = holders[pick % holders.length] as { [key: string]: Json };
    const keys = Object.keys(holder);
    const key = within ? (keys[pick % keys.length] as string) : "extra";
    if (value === undefined) delete holder[key];
    else holder[key] = value;
    return copy;
  });

function objectsIn(value: Json): { [key: string]: Json }[] {
  if (typeof value !== "object" || Array.isArray(value)) return [];
  return [value, ...Object.values(value).flatMap(objectsIn)];
}

const fields: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom("d", "z", "c", "0", "1", "16", "-", "-1", "", "00", "4294967296", "9".repeat(16)),
  fc.nat().map(String),
);

/** A field of a line that is another, or a line that is there twice or not at all. */
const indexEdits: fc.Arbitrary<Mutation> = fc
  .tuple(fc.nat(), fc.nat({ max: 6 }), fields, fc.constantFrom("field", "drop", "double"))
  .map(
    ([pick, column, field, what]): Mutation =>
      (bytes) => {
        const lines = bytes.toString("latin1").split("\n");
        const at = pick % lines.length;
        const line = (lines[at] ?? "").split(" ");
        if (what === "field") line[column] = field;
        const edited = {
          field: [line.join(" ")],
          drop: [],
          double: [line.join(" "), line.join(" ")],
        };
        lines.splice(at, 1, ...edited[what as keyof typeof edited]);
        return Buffer.from(lines.join("\n"), "latin1");
      },
  );

const members: readonly BodyMemberName[] = [
  "cmdline/a",
  "cmdline/b",
  "index/boot",
  "index/root",
  "data/root.zst",
  "data/boot.zst",
];

/** Contents that are other ones; what is signed is true of them. */
export const pieceEdits: fc.Arbitrary<(pieces: Pieces) => Pieces> = fc.oneof(
  fc.tuple(fc.constantFrom<BodyMemberName>("index/boot", "index/root"), indexEdits).map(
    ([name, edit]) =>
      (pieces: Pieces) =>
        withContent(pieces, name, edit),
  ),
  fc.tuple(fc.constantFrom(...members), mutations).map(
    ([name, edit]) =>
      (pieces: Pieces) =>
        withContent(pieces, name, edit),
  ),
);
