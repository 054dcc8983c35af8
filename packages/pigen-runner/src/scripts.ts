import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** By name: a bundle that this file is part of lies elsewhere. */
const manifest = createRequire(import.meta.url).resolve("@pibuild/pigen-runner/package.json");

/** The directory of the bash side of the runner: what scripts call, and what calls them. */
export const scriptsDirectory = join(dirname(manifest), "scripts");

/** The text of every script of the runner by name, and then of those of a checkout of pi-gen. */
export function readScripts(piGen?: string): Record<string, string> {
  return {
    ...read(scriptsDirectory),
    ...(piGen === undefined ? {} : read(join(piGen, "scripts"), "pi-gen/")),
  };
}

function read(directory: string, prefix = ""): Record<string, string> {
  return Object.fromEntries(
    readdirSync(directory)
      .sort()
      .map((name) => [`${prefix}${name}`, readFileSync(join(directory, name), "utf8")]),
  );
}
