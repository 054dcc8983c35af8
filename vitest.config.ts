import { defineConfig } from "vitest/config";
import { LongestFirst } from "./tools/test/longest-first.ts";

/** Tests read the packages' sources; only those that run the command line need a build first. */
const conditions = ["@pibuild/source"];
const shared = { resolve: { conditions }, ssr: { resolve: { conditions } } };

export default defineConfig({
  test: {
    projects: [
      {
        ...shared,
        test: {
          name: "unit",
          include: [
            "packages/*/test/**/*.test.ts",
            "apps/*/test/**/*.test.ts",
            "tools/*/test/**/*.test.ts",
          ],
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
      {
        ...shared,
        test: {
          name: "image",
          include: ["test/image/**/*.test.ts"],
          // Whole images under emulation: minutes each, and one program at a time for most of them.
          testTimeout: 60 * 60_000,
          hookTimeout: 60 * 60_000,
        },
      },
    ],
    globalSetup: "tools/test/shared-root.ts",
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
  },
});
