import { compilePattern, normaliseRules } from "@pibuild/layers";
import type { Volatile } from "./compare-trees.ts";

/**
 * What may differ between a layered tree and build.sh's, and why. First what is taken out of every
 * layer, which build.sh's export removes or rewrites later; then what no two runs of build.sh have
 * in common either.
 */
export const volatile: readonly Volatile[] = [
  ...normaliseRules.map(({ pattern, why }) => ({ pattern: compilePattern(pattern), why })),
  ...[
    ["/var/cache/apt/archives", "copy_previous leaves it out, and apt makes it when it needs it"],
    [
      "/var/lib/apt/lists/*_i18n_Translation-*",
      "descriptions of packages: layered steps do not download them, and the export removes them",
    ],
    ["/etc/resolv.conf", "the builder's own; the export writes another"],
    ["/etc/fake-hwclock.data", "the time of the build"],
    ["/etc/shadow", "a password's salt is random"],
  ].map(([pattern = "", why = ""]) => ({ pattern: compilePattern(pattern), why })),
];

/** The same of finished disks. */
export const exportVolatile: readonly Volatile[] = [
  ...volatile,
  {
    pattern: compilePattern("/usr/share/doc/**"),
    aspect: "links",
    why: "pi-gen's export links equal files of documentation to each other with hardlink(1), which finds them in the order of the filesystem, and takes layers for other disks",
  },
];
