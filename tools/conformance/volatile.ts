import { compilePattern, normaliseRules } from "@pibuild/layers";
import type { Volatile } from "./compare-trees.ts";

/**
 * What may differ between a layered tree and build.sh's, and why. First what is taken out of every
 * layer, which build.sh's export removes or rewrites later; then what no two runs of build.sh have
 * in common either.
 */
export const volatile: readonly Volatile[] = [
  ...normaliseRules.map(({ pattern, why }) => ({ pattern: compilePattern(pattern), why })),
  {
    pattern: compilePattern("/var/cache/apt/archives"),
    why: "copy_previous leaves it out, and apt makes it again when it needs it",
  },
];
