import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root as repository } from "../run-suite.ts";

const sources = globSync(["{packages,apps,tools}/*/**/*.ts", "test/**/*.ts"], {
  cwd: repository,
  exclude: ["**/node_modules/**", "**/dist/**"],
});
const texts = sources.map((path) => ({
  path,
  lines: readFileSync(join(repository, path), "utf8").split("\n"),
}));

/** Names of the repository's own functions that give a promise. */
const promising = new Set(
  texts.flatMap(({ lines }) =>
    lines.flatMap(
      (line) =>
        /\basync function\*? (\w+)|\b(\w+) = async\b|^\s+async (\w+)\(/
          .exec(line)
          ?.slice(1)
          .find(Boolean) ?? [],
    ),
  ),
);

// A hash's digest, what a reader of locks has read, and gpgv's status are there at once.
for (const name of ["digest", "lock", "status"]) promising.delete(name);

/** Places where what a scope uses is given back while the promise that it returns still needs it. */
function unawaited(lines: readonly string[]): number[] {
  const places = new Set<number>();
  lines.forEach((line, index) => {
    const indent = /^(\s*)(?:await )?using /.exec(line)?.[1];
    if (indent === undefined) return;
    for (let at = index + 1; at < lines.length; at++) {
      const next = lines[at] ?? "";
      if (next.trim() !== "" && !next.startsWith(indent)) break;
      const [, inner = "", before = "", called = ""] =
        /^(\s*)(?:if \(.*\) )?return ((?:\w+\.)*)(\w+)\(/.exec(next) ?? [];
      // What is deeper is another function's, but below a condition.
      const isDeeper = inner !== indent && !/^\s*(?:if \(|\} else)/.test(lines[at - 1] ?? "");
      if (isDeeper) continue;
      if (before === "Promise." || promising.has(called)) places.add(at + 1);
    }
  });
  return [...places];
}

test("what is used stays until the promise that is returned has what it needs", () => {
  const found = texts.flatMap(({ path, lines }) =>
    unawaited(lines).map((line) => `${path}:${line}`),
  );
  expect(found).toEqual([]);
});
