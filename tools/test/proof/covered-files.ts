import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { root } from "../run-suite.ts";
import type { Proof } from "./proofs.ts";

/** Imports and re-exports, static and not, and files beside a module that it names by URL. */
const importPattern =
  /(?:from|import)\s*\(?\s*"([^"]+)"|new URL\("(\.[^"]+)", import\.meta\.url\)/g;

/**
 * The files that a proof depends on, as sorted paths of this repository: what its own files
 * import, directly or not, and those below the paths that it covers. `all` are the repository's.
 */
export function coveredFiles(proof: Proof, all: readonly string[]): string[] {
  const started = "files" in proof.run ? proof.run.files : [proof.run.program];
  const covered = new Set<string>();
  for (const path of proof.covers) {
    for (const file of all) if (file === path || file.startsWith(`${path}/`)) covered.add(file);
  }
  const waiting = [...started, ...proof.covers.filter((path) => path.endsWith(".ts"))];
  const seen = new Set<string>();
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    covered.add(file);
    waiting.push(...importsOf(file));
  }
  return [...covered].sort();
}

/** The files of this repository that a module imports. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(importPattern)].flatMap(([, module, beside]) => {
    const specifier = module ?? beside ?? "";
    const path = specifier.startsWith(".")
      ? normalize(join(dirname(file), specifier))
      : sourceOf(specifier);
    return path?.endsWith(".ts") && isFile(path) ? [path] : [];
  });
}

/** The entry of a package of this workspace. */
function sourceOf(specifier: string): string | undefined {
  const [, name] = /^@pibuild\/([\w-]+)$/.exec(specifier) ?? [];
  return name === undefined ? undefined : `packages/${name}/src/index.ts`;
}

function isFile(path: string): boolean {
  return existsSync(join(root, path)) && statSync(join(root, path)).isFile();
}
