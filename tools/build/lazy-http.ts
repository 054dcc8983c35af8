import type { Options } from "tsup";

type Plugin = NonNullable<Options["esbuildPlugins"]>[number];

const namespace = "lazy-http";

/**
 * Takes `node:http` by `require`. An `import` of it reads every one of its exports, `WebSocket` among them,
 * which loads Node's whole fetch: a fifth of what a start takes.
 */
export const lazyHttp: Plugin = {
  name: namespace,
  setup(build) {
    build.onResolve({ filter: /^node:http$/ }, ({ path, namespace: from }) =>
      from === namespace ? { path, external: true } : { path, namespace },
    );
    build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
      loader: "js",
    }));
  },
};
