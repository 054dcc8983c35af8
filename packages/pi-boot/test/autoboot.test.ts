import { formatAutoboot, parseAutoboot } from "@pibuild/pi-boot";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const parse = (text: string) => parseAutoboot(Buffer.from(text, "latin1"));
const number = fc.integer({ min: 1, max: 62 });

test("the file for two slots is one sector of text", () => {
  const bytes = formatAutoboot({ boot: 2, tryboot: 3 });
  expect(bytes.length).toBe(512);
  const text = "[all]\ntryboot_a_b=1\nboot_partition=2\n[tryboot]\nboot_partition=3\n";
  expect(bytes.toString()).toBe(text.padEnd(512, "\n"));
});

test("what was written reads back", () => {
  fc.assert(
    fc.property(number, number, (boot, tryboot) => {
      fc.pre(boot !== tryboot);
      const bytes = formatAutoboot({ boot, tryboot });
      expect(bytes.length).toBe(512);
      expect(parseAutoboot(bytes)).toEqual({ boot, tryboot, abUpdate: true, ignored: [] });
    }),
  );
});

test.each([
  [0, 2],
  [2, 63],
  [1.5, 2],
  [Number.NaN, 2],
  [2, 2],
])("slots %d and %d are refused", (boot, tryboot) => {
  expect(() => formatAutoboot({ boot, tryboot })).toThrow(/autoboot\.txt/);
});

describe("a file that others wrote", () => {
  test.each<[string, string, object]>([
    ["is read without a filter, too", "boot_partition=4", { boot: 4, tryboot: 4 }],
    ["may be empty: the firmware decides", "", { boot: 0, tryboot: 0, abUpdate: false }],
    ["may have comments and CR LF", "# x=\xfc\r\n\r\nboot_partition=5\r\n", { boot: 5 }],
    ["counts what comes later", "boot_partition=2\nboot_partition=3", { boot: 3, tryboot: 3 }],
    [
      "goes back to all boots with [all]",
      "[tryboot]\nboot_partition=3\n[all]\nboot_partition=2",
      { boot: 2, tryboot: 2 },
    ],
    [
      "may switch lines off",
      "[none]\nboot_partition=3\ntryboot_a_b=1",
      { boot: 0, abUpdate: false },
    ],
    ["may keep tryboot.txt", "[tryboot]\nboot_partition=3", { tryboot: 3, abUpdate: false }],
    ["may ask for A/B in tests only", "[tryboot]\ntryboot_a_b=1", { abUpdate: true }],
  ])("%s", (_name, text, expected) => {
    expect(parse(text)).toMatchObject(expected);
  });
});

describe("the firmware passes over", () => {
  test.each([
    ["a filter that the file does not have", "[pi4]"],
    ["an inherited name as a filter", "[constructor]"],
    ["a key that nobody documents", "boot_partition_fallback=3"],
    ["a setting of the EEPROM's", "PARTITION_WALK=1"],
    ["an inherited name as a key", "constructor=1"],
    ["a number out of range", "boot_partition=63"],
    ["a flag that is no flag", "tryboot_a_b=2"],
    ["a negative number", "boot_partition=-1"],
    ["spaces around the sign", "boot_partition = 3"],
    ["no assignment", "boot"],
  ])("%s, which is named with its place", (_name, line) => {
    const read = parse(`[all]\nboot_partition=2\n${line}\n[all]\n[tryboot]\nboot_partition=3\n`);
    expect(read).toMatchObject({ boot: 2, tryboot: 3 });
    const [issue, ...more] = read.ignored;
    expect(more).toEqual([]);
    expect(issue?.at).toMatchObject({ file: "autoboot.txt", line: 3 });
    expect(issue?.message).toContain(line);
  });

  test("what stands below such a filter, until it is taken back", () => {
    const read = parse("boot_partition=2\n[pi4]\nboot_partition=5\n[all]\ntryboot_a_b=1\n");
    expect(read).toMatchObject({ boot: 2, tryboot: 2, abUpdate: true });
  });

  test("all behind its 512 bytes", () => {
    const read = parse(`boot_partition=2\n${"#".repeat(500)}\nboot_partition=3\n`);
    expect(read.boot).toBe(2);
    expect(read.ignored[0]?.message).toBe("it has 535 bytes, the firmware reads 512");
    expect(parse("#".repeat(512))).toMatchObject({ boot: 0, ignored: [] });
  });

  test("bytes that a terminal must not get", () => {
    expect(parse("x\x1b[2J\xff=1").ignored[0]?.message).toContain("`x?[2J?=1`");
  });
});
