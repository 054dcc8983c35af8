import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The directory of the bash side of the runner: what scripts call, and what calls them. */
export const scriptsDirectory = fileURLToPath(new URL("../scripts", import.meta.url));

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
