import { describe, expect, test } from "vitest";
import { createExec } from "../src/exec/create-exec.ts";
import { canonicalJson, sha256 } from "../src/hash.ts";
import { didYouMean } from "../src/text/did-you-mean.ts";
import { formatBytes, formatDuration } from "../src/text/format.ts";
import { createRedactor } from "../src/text/redact.ts";
import { formatCommand, shellQuote } from "../src/text/shell-quote.ts";
import { stripControl } from "../src/text/strip-control.ts";

test("a quoted argument is what a shell reads back", async () => {
  const awkward = [
    ...["", " ", "'", "''", '"', "\\", "$HOME", "$(id)", "`id`", "!", "~", "*", "[a]", "{a,b}"],
    ...["-n", "--", "a=b", "#", ";", "&", "|", "<", ">", "\n", "a\n", "\t", "ü", "'\\''", "%s"],
  ];
  // Every pair of them, and every ASCII character that an argument can hold.
  const pairs = awkward.flatMap((a) => awkward.map((b) => `${a}${b}`));
  const characters = Array.from({ length: 127 }, (_, index) => String.fromCharCode(index + 1));
  const all = [...awkward, ...pairs, ...characters];
  // printf, unlike echo, gives back what it got.
  const script = `printf '%s\\0' ${all.map(shellQuote).join(" ")}`;
  const { stdout } = await createExec().run({ program: "bash", args: ["--posix", "-c", script] });
  expect(stdout.split("\0").slice(0, -1)).toEqual(all);
});

test("a command is shown as somebody would type it", () => {
  expect(formatCommand(["apt-get", "install", "a b", "--opt=x/y,z", "it's"])).toBe(
    "apt-get install 'a b' --opt=x/y,z 'it'\\''s'",
  );
});

test.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1024, "1.0 KiB"],
  [1536, "1.5 KiB"],
  [1024 ** 2 - 1, "1.0 MiB"],
  [1.4 * 1024 ** 3, "1.4 GiB"],
  [1024 ** 4 - 1, "1.0 TiB"],
  [5000 * 1024 ** 4, "5000.0 TiB"],
])("%d bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0, "0.0 s"],
  [449, "0.4 s"],
  [9_949, "9.9 s"],
  [9_950, "10 s"],
  [59_499, "59 s"],
  [59_500, "1 min 0 s"],
  [119_600, "2 min 0 s"],
  [200_000, "3 min 20 s"],
  [7_200_000, "120 min 0 s"],
])("%d ms are %s", (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});

describe("did you mean", () => {
  const commands = ["build", "plan", "why", "shell", "doctor", "cache", "up"];
  test.each([
    ["bild", "build"],
    ["BUILD", "build"],
    ["shlel", "shell"],
    ["docotr", "doctor"],
    ["wyh", "why"],
    ["shekl", "shell"],
    ["pu", undefined],
    ["xy", undefined],
    // A person would not guess these, which two or more letters make of each other.
    ["help", undefined],
    ["run", undefined],
    ["bxxld", undefined],
    ["doktir", "doctor"],
    ["doktir2", undefined],
    ["image", undefined],
    ["", undefined],
    ["configuration", undefined],
  ])("%s: %s", (word, meant) => {
    expect(didYouMean(word, commands)).toBe(meant);
  });

  test("the closest of several", () => {
    expect(didYouMean("stage", ["stages", "stagex1", "store"])).toBe("stages");
    expect(didYouMean("word", [])).toBeUndefined();
  });
});

describe("redaction", () => {
  test.each([
    ["https://user:pass@host/x", "https://***@host/x"],
    ["https://token@host/x", "https://***@host/x"],
    ["https://:pass@host/x", "https://***@host/x"],
    ["https://u:p@ss@host/x", "https://***@host/x"],
    ["HTTP://u:p@h git+ssh://git:x@h/r", "HTTP://***@h git+ssh://***@h/r"],
    ["https://host/a@b?mail=a@b#a@b", "https://host/a@b?mail=a@b#a@b"],
    ["https://host?mail=a@b", "https://host?mail=a@b"],
    ["mail a@b.c", "mail a@b.c"],
  ])("%s becomes %s", (text, shown) => {
    expect(createRedactor()(text)).toBe(shown);
  });

  test("a secret that holds another is not left in part", () => {
    expect(createRedactor(["word", "password"])("password word")).toBe("*** ***");
  });

  test("short values stay, and special characters are no pattern", () => {
    const redact = createRedactor(["abc", "$&.*", ""]);
    expect(redact("abc $&.* xyz")).toBe("abc *** xyz");
  });

  test("one long line costs no more than its length", () => {
    const line = "a".repeat(1_000_000);
    expect(createRedactor()(line)).toBe(line);
  });
});

test.each([
  ["plain\ttext ü 漢", "plain\ttext ü 漢"],
  ["\u001b[1;31mred\u001b[0m", "red"],
  ["\u001b[?25l\u001b[2K\u001b[38:5:1mx", "x"],
  ["\u001b]0;title\u0007x\u001b]8;;http://a\u001b\\y", "xy"],
  ["\u001b(Bx\u001b=y\u001bM", "xy"],
  ["\u009b31mx\u0085", "31mx"],
  ["ab\bc\u0000\u007f", "abc"],
  ["10%\r20%\r100%", "100%"],
  ["line\r", "line"],
  ["\u001b]unfinished", "unfinished"],
])("%j is shown as %j", (text, shown) => {
  expect(stripControl(text)).toBe(shown);
});

test("canonical JSON does not depend on the order of keys, but on that of lists", () => {
  const a = { b: 1, a: { d: [1, { y: 1, x: 2 }], c: null }, 10: 1, 9: 1 };
  const b = { 9: 1, a: { c: null, d: [1, { x: 2, y: 1 }] }, 10: 1, b: 1 };
  expect(canonicalJson(a)).toBe(canonicalJson(b));
  expect(canonicalJson(a)).toBe('{"9":1,"10":1,"a":{"c":null,"d":[1,{"x":2,"y":1}]},"b":1}');
  expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
});

test("sha256 of a text is that of its UTF-8", () => {
  expect(sha256("ü")).toBe(sha256(Uint8Array.from([0xc3, 0xbc])));
  expect(sha256("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
});
