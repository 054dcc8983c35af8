import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What a test or a helper says where it needs root, the built command line, or a program. */
const needsMore = /@pibuild\/test-kit|\bneeds\(|pibuild\.mjs|createExec|"dist"/;
/** A helper beside a test; what a test imports of `src` is what it tests. */
const helperImport = /from "(\.\.?\/(?!.*\bsrc\/)[^"]+\.ts)"/g;

/** Those of the test files that need no root, no build, no network and no program: the quick ones. */
export function quickFiles(root: string, patterns: readonly string[]): string[] {
  return globSync([...patterns], { cwd: root }).filter((path) => isQuick(join(root, path)));
}

function isQuick(path: string, seen = new Set<string>()): boolean {
  if (seen.has(path) || !existsSync(path)) return true;
  seen.add(path);
  const text = readFileSync(path, "utf8");
  if (needsMore.test(text)) return false;
  return [...text.matchAll(helperImport)].every(([, specifier = ""]) =>
    isQuick(join(dirname(path), specifier), seen),
  );
}
