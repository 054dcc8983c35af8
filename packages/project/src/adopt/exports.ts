import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { PigenProject } from "./pigen-project.ts";
import type { ListedStage } from "./stage-list.ts";

/** An image that build.sh makes: of the stages up to one that has EXPORT_IMAGE. */
export interface ExportedImage {
  readonly stages: readonly ListedStage[];
  /** IMG_SUFFIX of its last stage. */
  readonly suffix: string;
}

export interface Exports {
  readonly images: readonly ExportedImage[];
  /** Sub-stages with a file SKIP in pi-gen's own stages, as `skip:` names them. */
  readonly skip: readonly string[];
  /** Names of stages that are left out because of a file SKIP. */
  readonly skipped: readonly string[];
  /** Names of stages with EXPORT_NOOBS. */
  readonly noobs: readonly string[];
  /** The last stage, where it lacks EXPORT_IMAGE: pibuild makes an image of it all the same. */
  readonly unmarked: string | undefined;
}

/** IMG_SUFFIX of pi-gen's own stages that have EXPORT_IMAGE, where they are not here. */
const upstreamSuffixes: Readonly<Record<string, string>> = {
  ...{ stage2: "-lite", stage4: "", stage5: "-full" },
};

/**
 * The images that build.sh makes of a list of stages, and one of all of them where it makes none. `lastOnly` is usimd/pi-gen-action's
 * export-last-stage-only: one image of all stages, whatever they say.
 */
export function findExports(
  project: PigenProject,
  listed: readonly ListedStage[],
  lastOnly: boolean,
): Exports {
  const isSkipped = ({ path }: ListedStage) => has(path, "SKIP");
  const stages = listed.filter((stage) => !isSkipped(stage));
  const images = stages.flatMap((stage, index): ExportedImage[] => {
    if (lastOnly) {
      const isLast = index === stages.length - 1;
      return isLast ? [{ stages, suffix: suffixOf(stage) ?? "" }] : [];
    }
    const suffix = has(stage.path, "SKIP_IMAGES") ? undefined : suffixOf(stage);
    return suffix === undefined ? [] : [{ stages: stages.slice(0, index + 1), suffix }];
  });
  const last = stages.at(-1);
  const isMarked = last === undefined || lastOnly || suffixOf(last) !== undefined;
  if (!isMarked || (images.length === 0 && last !== undefined)) images.push({ stages, suffix: "" });
  const exportImage = project.piGen && join(project.piGen.path, "export-image");
  const upstream = stages.filter(({ name }) => name.startsWith("pi-gen/")).map(({ path }) => path);
  return {
    images,
    skip: [...upstream, exportImage].flatMap((path) => (path === undefined ? [] : skippedIn(path))),
    skipped: listed.filter(isSkipped).map(({ name }) => name),
    noobs: stages.filter(({ path }) => has(path, "EXPORT_NOOBS")).map(({ name }) => name),
    unmarked: isMarked ? undefined : last.name,
  };
}

/** IMG_SUFFIX as a stage's EXPORT_IMAGE sets it first; undefined for a stage without one. */
function suffixOf({ name, path }: ListedStage): string | undefined {
  if (path === undefined) return upstreamSuffixes[basename(name)];
  if (!has(path, "EXPORT_IMAGE")) return undefined;
  const text = readFileSync(join(path, "EXPORT_IMAGE"), "utf8");
  return /^(?:export )?IMG_SUFFIX=["']?([\w.-]*)/m.exec(text)?.[1] ?? "";
}

function skippedIn(stage: string): string[] {
  return globSync("*/SKIP", { cwd: stage })
    .map((file) => `${basename(stage)}/${dirname(file)}`)
    .sort();
}

function has(path: string | undefined, mark: string): boolean {
  return path !== undefined && existsSync(join(path, mark));
}
