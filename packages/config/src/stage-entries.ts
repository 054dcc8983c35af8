import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { didYouMean, type Location, PibuildError } from "@pibuild/core";
import type { BrokenRule } from "./rules.ts";

/** A stage of an image: as written, where it is, and where it was asked for. */
export interface StageEntry {
  readonly name: string;
  readonly path: string;
  readonly at: Location;
  /** Whether nobody named it: images have it unless they say otherwise. */
  readonly isDefault?: boolean;
}

/** Names that stages cannot have, and two stages of one name: pi-gen names a stage's work directory after the stage's own. */
export function brokenStageRules(stages: unknown): BrokenRule[] {
  if (!Array.isArray(stages)) return [];
  const seen = new Map<string, number>();
  return stages.flatMap((stage: unknown, index) => {
    if (typeof stage !== "string") return [];
    const name = basename(stage);
    if (!/^[A-Za-z0-9._-]+$/.test(name)) {
      const message = `stage name \`${name}\` may hold letters, digits, \`.\`, \`_\` and \`-\` only`;
      return [{ path: ["stages", index], message, hint: "rename the stage's directory" }];
    }
    const first = seen.get(name);
    if (first === undefined) {
      seen.set(name, index);
      return [];
    }
    const message =
      resolve("/", String(stages[first])) === resolve("/", stage)
        ? `stage \`${stage}\` is here twice`
        : `\`${stages[first]}\` and \`${stage}\` are both called \`${name}\`, and need different names`;
    return [{ path: ["stages", index], message }];
  });
}

/**
 * Holds the stages that finish an image to the same rules as those before them. Throws CONFIG_INVALID at
 * whichever of two was named by a person.
 */
export function checkExportNames(
  stages: readonly StageEntry[],
  exports: readonly StageEntry[],
): void {
  const seen = new Map(stages.map((entry) => [basename(entry.path), entry]));
  for (const entry of exports) {
    const name = basename(entry.path);
    const other = seen.get(name);
    seen.set(name, entry);
    if (other === undefined) continue;
    const message = `\`${other.name}\` and \`${entry.name}\`, which finishes the image, are both called \`${name}\`, and need different names`;
    const at = entry.isDefault === true ? other.at : entry.at;
    const hint = "rename the stage's directory, or leave it out of the list";
    throw new PibuildError("CONFIG_INVALID", { issues: [{ message, hint, at }] });
  }
}

/** Throws STAGE_MISSING for the first stage that is no directory. */
export async function requireStages(stages: readonly StageEntry[]): Promise<void> {
  const present = await Promise.all(stages.map(({ path }) => isDirectory(path)));
  const missing = stages.find((_stage, index) => !present[index]);
  if (missing === undefined) return;
  const { name, path, at, isDefault } = missing;
  const near = isDefault === true ? undefined : await nearStage(missing);
  throw new PibuildError("STAGE_MISSING", {
    ...{ stage: name, searched: [path], at },
    ...(near === undefined ? {} : { near }),
    ...(isDefault === true ? { isDefault } : {}),
  });
}

/** A directory beside the one that is not there, by a name much like it, written as the stage is. */
async function nearStage({ name, path }: StageEntry): Promise<string | undefined> {
  const parent = dirname(path);
  const names = await readdir(parent).catch(() => []);
  const stages = await Promise.all(names.map((each) => isDirectory(join(parent, each))));
  const near = didYouMean(
    basename(path),
    names.filter((_name, index) => stages[index]),
  );
  return near && name.slice(0, name.length - basename(path).length) + near;
}

async function isDirectory(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true;
}
