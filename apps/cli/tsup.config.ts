import { defineConfig } from "tsup";
import { bundled } from "../../tsup.config.ts";

/** The command line is one file with all that it imports: see docs/adr/011. */
export default defineConfig({ ...bundled, entry: ["src/main.ts"] });
