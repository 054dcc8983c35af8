import { defineConfig } from "tsup";

/** Every package is built alike: its `src/index.ts` (and bins, where it has some) as ESM for Node 24. */
export default defineConfig({
  format: ["esm"],
  target: "node24",
  platform: "node",
  clean: true,
  splitting: true,
});
