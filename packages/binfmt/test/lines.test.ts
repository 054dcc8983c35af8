import fc from "fast-check";
import { expect, test } from "vitest";
import { parseHandler } from "../src/kernel/handler.ts";
import { parseRegisterLine, registerLine } from "../src/kernel/register-line.ts";
import { inNamespace, scenario } from "./namespace/in-namespace.ts";
import { kernelFlags, registrations } from "./registrations.ts";

test("what is formatted for the kernel is read back as it was", () => {
  fc.assert(
    fc.property(registrations, (registration) => {
      expect(parseRegisterLine(registerLine(registration))).toEqual(registration);
    }),
  );
});

test("what the kernel shows is read as it was registered, whether on or off", () => {
  fc.assert(
    fc.property(registrations, fc.boolean(), ({ name, ...rest }, enabled) => {
      const { interpreter, flags, offset = 0, magic, mask } = rest;
      // fs/binfmt_misc.c, entry_status.
      const lines = [
        enabled ? "enabled" : "disabled",
        `interpreter ${interpreter}`,
        `flags: ${kernelFlags(flags)}`,
        `offset ${offset}`,
        `magic ${magic}`,
        ...(mask === undefined ? [] : [`mask ${mask}`]),
      ];
      expect(parseHandler(name, `${lines.join("\n")}\n`)).toEqual({
        ...{ name, ...rest, enabled, offset },
        flags: kernelFlags(flags),
      });
    }),
  );
});

inNamespace("the kernel itself reads the lines so, and shows them so", async () => {
  const pairs = await scenario("kernelReadsLines");
  expect(pairs).toHaveLength(150);
  for (const { expected, handler } of pairs) expect(handler).toEqual(expected);
});

test("the line for the kernel", () => {
  const spec = { name: "x", magic: "7f45", mask: "ff00", interpreter: "/usr/bin/q", flags: "F" };
  expect(registerLine(spec)).toBe(":x:M::\\x7f\\x45:\\xff\\x00:/usr/bin/q:F");
  expect(registerLine({ ...spec, interpreter: "/a:b" })).toBe("|x|M||\\x7f\\x45|\\xff\\x00|/a:b|F");
});

test("lines of others: bytes as they are, of another kind, and no line at all", () => {
  expect(parseRegisterLine(":q:M:0:\\x7FELF::/usr/bin/q:OC\n")).toEqual({
    ...{ name: "q", magic: "7f454c46", interpreter: "/usr/bin/q", flags: "OC" },
  });
  for (const line of [
    "",
    ":",
    ":jar:E::jar::/usr/bin/jexec:",
    ":q:M::::/usr/bin/q:",
    ":q:M:x:a::/q:",
  ]) {
    expect(parseRegisterLine(line), line).toBeUndefined();
  }
});
