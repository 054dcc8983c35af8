import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sourceText } from "@pibuild/config";
import { createExec } from "@pibuild/core";
import { expect, test } from "vitest";
import { readConfig } from "../src/config/read-config.ts";

const before = { BASE_DIR: "/srv/pi-gen" };

function read(text: string, given: Record<string, string> = {}) {
  const other = "OTHER=from-other\nexport NAME=other\n";
  return readConfig(sourceText("config", text), {
    ...{ before, given },
    open: (path) => (path === "other.env" ? sourceText(path, other) : undefined),
  });
}

/** Values, with `export ` before those that programs get. */
function values(text: string): Record<string, string> {
  const { variables, issues } = read(text);
  expect(issues).toEqual([]);
  return Object.fromEntries(
    [...variables.values()].map(({ name, value, exported }) => [
      `${exported ? "export " : ""}${name}`,
      "text" in value ? value.text : "(unknown)",
    ]),
  );
}

/** What real bash has of the same names when it has sourced the text. */
async function inBash(text: string, names: readonly string[]): Promise<Record<string, string>> {
  const directory = await mkdtemp(join(tmpdir(), "config-"));
  await writeFile(join(directory, "config"), text);
  await writeFile(join(directory, "other.env"), "OTHER=from-other\nexport NAME=other\n");
  const show = names
    .map((name) => `[ -v ${name} ] && printf '%s\\0' "\${${name}@a}" ${name} "\${${name}}"`)
    .join("; ");
  const { stdout } = await createExec().run({
    program: "bash",
    args: [
      "-c",
      `cd "$1"; BASE_DIR=/srv/pi-gen; HOME=/home/pi; set -e; source ./config >/dev/null; set +e; ${show}; true`,
      "bash",
      directory,
    ],
    env: { LC_ALL: "C.UTF-8" },
  });
  await rm(directory, { recursive: true });
  const parts = stdout.split("\0");
  const found: Record<string, string> = {};
  for (let index = 0; index + 2 < parts.length; index += 3) {
    const [attributes = "", name = "", value = ""] = parts.slice(index, index + 3);
    found[`${attributes.includes("x") ? "export " : ""}${name.trim()}`] = value;
  }
  return found;
}

test.each([
  [
    "plain words, quotes and what stands beside each other",
    `A=kiosk\nB='a "b" $c'\nC="x y"z'!'\nD=\nE=""\n`,
  ],
  [
    "comments, also behind a value, and a first line for a program",
    `#!/bin/bash -x\nA=1 # one\nB='#2'\n# C=3\nD=a#b\n`,
  ],
  ["several on one line, and lines that go on", `A=1 B=2; C=3\nD="a\\\nb"\nE=a\\\n\\ b\n`],
  ["a value of several lines", `KEYS="ssh-ed25519 AAAA one\nssh-ed25519 BBBB two"\nA=1\n`],
  [
    "expansions of what went before, with and without braces",
    `A=x\nB="\${A}-\${A,,}-$A"\nC=\${A^^}y\nD=$BASE_DIR/stage\n`,
  ],
  [
    "defaults, also of defaults, and what is set but empty",
    `E=\nA="\${NO:-a b}"\nB=\${E:-c}\nC=\${E-c}x\nD=\${NO:-\${E:-"d e"}}\nF=\${A:+f}\${NO:+g}\n`,
  ],
  [
    "exports before, with and after a value",
    `export A\nA=1\nexport B=2 C="3 4"\nD=4\nexport D E=5\n`,
  ],
  ["declare, readonly, and unset", `declare -x A=1\nreadonly B=2\nC=3\nunset C\ndeclare D=4\n`],
  ["set -a for a while", `A=1\nset -a\nB=2\nset +a\nC=3\n`],
  ["appending", `A=x\nA+=y\nB+=z\nA+="$B"\n`],
  [
    "a file that it sources, which goes before and after",
    `NAME=first\nsource other.env\nB=$NAME-$OTHER\n. "other.env"\n`,
  ],
  [
    "escapes outside of quotes, inside, and of $'...'",
    `A=a\\ b\\$c\nB="\\$x \\" \\n"\nC=$'a\\tb\\'c\\x41\\u00e9\\n'd\n`,
  ],
  ["what prints and changes nothing", `echo hello\nA=1\n: nothing\ntrue\n`],
  ["the last word of a name", `A=1\nA=2\nB=$A\nA=3\n`],
])("%s: as bash has it", async (_what, text) => {
  const found = values(text);
  const names = Object.keys(found).map((name) => name.replace("export ", ""));
  expect(await inBash(text, [...names, "C", "NO"])).toEqual(found);
});

/** Message and place of each issue, and of each unknown value that is asked for. */
function problems(text: string, given: Record<string, string> = {}) {
  const { variables, issues } = read(text, given);
  const unknown = [...variables.values()].flatMap(({ value }) =>
    "unknown" in value ? [value.unknown] : [],
  );
  return [...issues, ...unknown].map(
    ({ message, at, hint }) => `${at.line}:${at.column} ${message} (${hint})`,
  );
}

const say = (name: string) =>
  `write the value itself there, or say it with \`--set ${name}=VALUE\``;

test.each([
  [
    "the output of a command",
    `A=1\nB="x-$(git describe)"\n`,
    ["2:6 `$(git describe)` would have to be run", say("B")],
  ],
  [
    "the output of one in backticks",
    "B=`date`\n",
    ["1:3 `` `date` `` would have to be run".replace("`` `date` ``", "``date``"), say("B")],
  ],
  [
    "a number to compute",
    `B=$((1 + 2))\n`,
    ["1:3 `$((1 + 2))` would have to be computed", say("B")],
  ],
  [
    "a variable that nothing sets",
    `A="\${WIFI_SSID}"\n`,
    ["1:4 nothing sets `WIFI_SSID` before this", say("WIFI_SSID")],
  ],
  ["one that is set later", `A=$B\nB=1\n`, ["1:3 nothing sets `B` before this", say("B")]],
  [
    "a command in a default",
    `A=\${B:-$(date)}\n`,
    ["1:3 `$(date)` would have to be run", say("A")],
  ],
  ["a list", `A=(1 2)\n`, ["1:3 a list is no value for pi-gen's variables", say("A")]],
  ["a home", `A=~/deploy\n`, ["1:3 `~` is another directory for each user", say("HOME")]],
  [
    "a part of a variable",
    `A=abc\nB=\${A#a}\n`,
    ["2:3 `${A#a}` is known to the shell alone", say("B")],
  ],
])("%s is an unknown value, at its place", (_what, text, [message, hint]) => {
  expect(problems(text)).toEqual([`${message} (${hint})`]);
});

const flat = "write down what it comes to, one NAME=VALUE a line, without commands and conditions";

test.each([
  ["a condition", `A=1\nif [ -f x ]; then\n\tB=2\nfi\nC=3\n`, "2:4 `[ -f x ]`"],
  ["a value behind an operator", `[ -f x ] && A=1\n`, "1:1 `[ -f x ]`"],
  ["a value behind a test in brackets", `[[ -n $X ]] && A=1\n`, "1:16 `A=1`"],
  ["a loop", `for x in a b; do\n\tA=$x\ndone\n`, "1:1 `for x in a b`"],
  ["a value in a case", `case $1 in\na) A=1 ;;\nesac\n`, "1:1 `case $1 in`"],
  ["a function", `f() {\n\tA=1\n}\n`, "2:2 `A=1`"],
  ["a value in a subshell", `(A=1)\n`, "1:2 `A=1`"],
  ["a value in a pipe", `A=1 | B=2\n`, "1:1 `A=1`"],
  ["a program", `curl -fsSL https://example.org/x >x\n`, "1:1 `curl -fsSL https://example.org/x`"],
])("%s would have to be run", (_what, text, place) => {
  expect(problems(text)).toEqual([
    `${place} would have to be run, and pibuild only reads \`config\` (${flat})`,
  ]);
});

test("a value that is given takes the place of one that is unknown, also in others", () => {
  const { variables, issues } = read(`A=$(date)\nB="\${A}-\${C}"\n`, { A: "2026", C: "x" });
  expect(issues).toEqual([]);
  expect(variables.get("B")?.value).toEqual({ text: "2026-x" });
});

test("a file that is sourced and not there is an issue", () => {
  expect(problems("source ./local\n")[0]).toContain("1:8 `./local` is sourced, and does not exist");
});
