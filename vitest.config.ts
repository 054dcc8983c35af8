import { defineConfig } from "vitest/config";

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
          // Whole images under emulation, one after the other: minutes each.
          testTimeout: 45 * 60_000,
          hookTimeout: 45 * 60_000,
          fileParallelism: false,
        },
      },
    ],
    maxWorkers: 2,
  },
});
