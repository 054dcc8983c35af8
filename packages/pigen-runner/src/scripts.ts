import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The directory of the bash side of the runner: what scripts call, and what calls them. */
export const scriptsDirectory = fileURLToPath(new URL("../scripts", import.meta.url));

/** The text of every script of the runner, by name. */
export function readScripts(): Record<string, string> {
  return Object.fromEntries(
    readdirSync(scriptsDirectory)
      .sort()
      .map((name) => [name, readFileSync(join(scriptsDirectory, name), "utf8")]),
  );
}
