import { defineConfig, type Options } from "tsup";
import { lazyHttp } from "./tools/build/lazy-http.ts";
import { licences } from "./tools/build/licences.ts";

const shared: Options = {
  format: ["esm"],
  target: "node22",
  platform: "node",
  clean: true,
  splitting: true,
  removeNodeProtocol: false,
};

/** What is started again and again carries what it imports, and of that only what it uses. */
export const bundled: Options = {
  ...shared,
  noExternal: [/./],
  // What is CommonJS among it asks for Node's own modules by `require`.
  banner: {
    js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
  },
  esbuildPlugins: [licences, lazyHttp],
  esbuildOptions(options) {
    options.conditions = ["@pibuild/source"];
  },
};

/** Every package is built alike: its `src/index.ts` (and bins, where it has some) as ESM for Node 22. */
export default defineConfig(shared);
