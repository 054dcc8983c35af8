import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * The names in the packages files of stages, sorted. Those to be removed (`name-`) are among them:
 * apt refuses one that it does not know.
 */
export async function requestedPackages(stages: readonly string[]): Promise<string[]> {
  const names = new Set<string>();
  for (const stage of stages) {
    for (const entry of await readdir(stage, { recursive: true })) {
      if (!/^[^/]+\/\d\d-packages(?:-nr)?$/.test(entry)) continue;
      const text = await readFile(join(stage, entry), "utf8");
      for (const word of text.replaceAll(/#.*$/gm, "").split(/\s+/)) {
        if (/^[a-z0-9][a-z0-9+.-]+$/.test(word)) names.add(word.replace(/-$/, ""));
      }
    }
  }
  return [...names].sort();
}
