import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parseCommands } from "../src/bash/read-commands.ts";

/** Commands as the shell would take them apart, `|` between words. */
function commands(text: string): string[] {
  return parseCommands(text).map(({ words, redirections }) =>
    [
      ...words.map((word) => word.text),
      ...redirections.map(({ operator, target }) => `${operator} ${target.text}`),
    ].join("|"),
  );
}

test("quotes, escapes and line continuations make words as bash does", () => {
  expect(commands(`a 'b c' "d $e" f\\ g h\\\ni $'j\\'k' ""`)).toEqual(["a|b c|d $e|f g|hi|j\\'k|"]);
});

test("keywords and assignments before a command are no part of it", () => {
  expect(commands("if ! A=1 B=(2 3) a; then b; elif c; then :; else d; fi")).toEqual([
    "a",
    "b",
    "c",
    ":",
    "d",
  ]);
});

test("redirections are told from words, with and without a number", () => {
  expect(commands("a 2>&1 >>b <c 3<>d e>|f &>g h <<<i")).toEqual([
    "a|e|h|>& 1|>> b|< c|<> d|>| f|&> g|<<< i",
  ]);
});

test("commands in substitutions stand beside the command they are for", () => {
  expect(commands('a "$(b `c`)" "${d:-$(e)}" <(f) $(case x in y) g ;; esac)').sort()).toEqual(
    [
      "a|$(b `c`)|${d:-$(e)}|<(f)|$(case x in y) g ;; esac)",
      "b|`c`",
      "c",
      "case|x|in|y",
      "e",
      "f",
      "g",
    ].filter((text) => text !== "case|x|in|y"),
  );
});

test("texts of here-documents are passed over, also several and inside a substitution", () => {
  expect(commands("a <<X <<-'Y' | b\nno\nX\n\tno\n\tY\nc\nd $(cat <<Z\nno\nZ\n)\ne")).toEqual([
    "a|<< X|<<- Y",
    "b",
    "c",
    "cat|<< Z",
    "d|$(cat <<Z\nno\nZ\n)",
    "e",
  ]);
});

test("whatever a script is cut to, reading it ends", async () => {
  const stages = fileURLToPath(new URL("../../../stages", import.meta.url));
  const names = (await readdir(stages, { recursive: true })).filter((name) => /\.sh$/.test(name));
  const hard =
    'a=$(b `c "$((1+(2)))" ${d:-"e\'}"}` <(f (g) [[ h || ( i ]]\n<<J k(l) $\'m\' case n in';
  for (const text of [
    hard,
    ...(await Promise.all(names.map((n) => readFile(join(stages, n), "utf8")))),
  ]) {
    for (let end = 0; end < Math.min(text.length, 1500); end += 1) {
      parseCommands(text.slice(0, end));
      parseCommands(text.slice(end));
    }
  }
});

test("the text of a here-document is told with its line, and whether the shell expands it", () => {
  const text = "a << X\none\nX\nb <<-'Y' <<Z\n\ttwo\n\tY\nthree\nfour\nZ\nc << E\nopen";
  const documents = parseCommands(text).flatMap(({ words, redirections }) =>
    redirections.map(({ document }) => [words[0]?.text, document]),
  );
  expect(documents).toEqual([
    ["a", { text: "one\n", line: 2, expands: true }],
    ["b", { text: "\ttwo\n", line: 5, expands: false }],
    ["b", { text: "three\nfour\n", line: 7, expands: true }],
    ["c", { text: "open", line: 11, expands: true }],
  ]);
});

test("a command behind a pipe is told from one behind `||`", () => {
  const piped = parseCommands("a | b || c |& d; e\nf |\ng && h").map(
    ({ words, piped }) => `${words[0]?.text} ${piped}`,
  );
  expect(piped).toEqual([
    ...["a false", "b true", "c false", "d true", "e false"],
    ...["f false", "g true", "h false"],
  ]);
});
