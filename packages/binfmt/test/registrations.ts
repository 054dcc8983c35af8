import fc from "fast-check";
import type { Registration } from "../src/kernel/register-line.ts";

const byte = fc.integer({ min: 0, max: 255 }).map((value) => value.toString(16).padStart(2, "0"));

/** Registrations that the kernel takes; the interpreters need not exist without F. */
export const registrations: fc.Arbitrary<Registration> = fc
  .record({
    name: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9 :.,+|_-]{0,20}$/),
    pairs: fc.array(fc.tuple(byte, byte), { minLength: 1, maxLength: 40 }),
    masked: fc.boolean(),
    interpreter: fc.stringMatching(/^\/[ -~]{0,60}$/),
    flags: fc.subarray(["P", "O", "C"]).map((flags) => flags.join("")),
    offset: fc.integer({ min: 0, max: 80 }),
  })
  .filter(({ name }) => name !== "register" && name !== "status")
  .map(({ name, pairs, masked, interpreter, flags, offset }) => ({
    name,
    magic: pairs.map(([value]) => value).join(""),
    ...(masked ? { mask: pairs.map(([, value]) => value).join("") } : {}),
    interpreter,
    flags,
    ...(offset === 0 ? {} : { offset }),
  }));

/** Flags in the kernel's order; it hands over an opened program wherever it keeps credentials. */
export function kernelFlags(flags: string): string {
  const all = flags.includes("C") ? `${flags}O` : flags;
  return ["P", "O", "C", "F"].filter((flag) => all.includes(flag)).join("");
}
