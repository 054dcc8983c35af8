import { defineConfig } from "vitest/config";
import { LongestFirst } from "./tools/test/longest-first.ts";
import { quickFiles } from "./tools/test/quick-files.ts";

/** Tests read the packages' sources; only those that run the command line need a build first. */
const conditions = ["@pibuild/source"];
const shared = { resolve: { conditions }, ssr: { resolve: { conditions } } };

/** Under emulation minutes each, and one program at a time for most of them. */
const wholeImages = { testTimeout: 60 * 60_000, hookTimeout: 60 * 60_000 };

const unitTests = ["{packages,apps,tools}/*/test/**/*.test.ts"];
const quickTests = quickFiles(import.meta.dirname, unitTests);

export default defineConfig({
  test: {
    projects: [
      {
        ...shared,
        test: {
          name: "unit",
          include: unitTests,
          exclude: quickTests,
          setupFiles: "tools/test/traces/see-traces.ts",
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
      {
        ...shared,
        test: {
          name: "quick",
          // They change nothing outside of themselves.
          isolate: false,
          include: quickTests,
          testTimeout: 120_000,
        },
      },
      {
        ...shared,
        test: {
          name: "image",
          include: ["test/image/**/*.test.ts"],
          setupFiles: "tools/test/traces/see-traces.ts",
          ...wholeImages,
        },
      },
      {
        ...shared,
        // They look at all of the machine: nothing may run beside them.
        test: {
          name: "host",
          include: ["{packages,apps,tools}/*/test/**/*.host.ts"],
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
      {
        ...shared,
        // What `npm run proof` runs: it takes minutes, and is asked for by name.
        test: {
          name: "proof",
          include: ["{packages,apps,tools,test}/**/*.proof.ts"],
          ...wholeImages,
        },
      },
    ],
    globalSetup: [
      "tools/test/shared-root.ts",
      "tools/test/traces/own-directories.ts",
      "tools/test/run-scratch.ts",
      "tools/test/traces/compare-host.ts",
    ],
    // One more than the cores of CI: many tests wait for disks, mirrors and times.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
  },
});
