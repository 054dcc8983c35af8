import { defineConfig } from "tsup";
import { bundled } from "../../tsup.config.ts";

/** Nx loads the plugin in each run: one file that it can read at once, see docs/adr/011. */
export default defineConfig({
  ...bundled,
  entry: ["src/index.ts", "src/plugin.ts"],
  external: ["nx"],
});
