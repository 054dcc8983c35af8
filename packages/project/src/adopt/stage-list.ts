import { globSync } from "node:fs";
import { basename, isAbsolute, join, relative, resolve } from "node:path";
import { upstreamPrefix } from "@pibuild/config";
import type { ConfigIssue } from "@pibuild/core";
import {
  changesIn,
  fromPigen,
  isDirectory,
  listed,
  ownStages,
  type PigenProject,
} from "./pigen-project.ts";

/** A stage of the list, as image.yaml names it and where it lies. */
export interface ListedStage {
  readonly name: string;
  /** Undefined for one of pi-gen's that is not here. */
  readonly path: string | undefined;
}

export interface StageList {
  readonly stages: readonly ListedStage[];
  readonly notes: readonly ConfigIssue[];
  readonly issues: readonly ConfigIssue[];
}

/** A value of STAGE_LIST, with an issue that has no words yet. */
export interface WrittenList {
  readonly text: string;
  readonly at: ConfigIssue;
}

/**
 * The stages that build.sh would run: those of STAGE_LIST, else every `stage*` in the order of bash
 * in the C locale. `asItIs` says that the pi-gen that is here is built with, whatever differs in it.
 */
export function listStages(
  project: PigenProject,
  written: WrittenList | undefined,
  { at, asItIs }: { readonly at: ConfigIssue; readonly asItIs: boolean },
): StageList {
  const notes: ConfigIssue[] = [];
  const issues: ConfigIssue[] = [];
  const place = written?.at ?? at;
  const words = written === undefined ? defaultWords(project) : expandGlobs(project, written.text);
  const stages = words.flatMap((word) => {
    const found = findStage(project, word, asItIs);
    if ("problem" in found) {
      const hint = "correct it, or say the whole list with `--set STAGE_LIST='stage0 ...'`";
      issues.push({ ...place, message: `STAGE_LIST: \`${word}\` ${found.problem}`, hint });
      return [];
    }
    if (found.note !== undefined) notes.push({ ...place, message: found.note });
    return found.stage === undefined ? [] : [found.stage];
  });
  return { stages, notes, issues };
}

/** What build.sh's own `stage*` comes to; a stage of the project's own goes behind pi-gen's. */
function defaultWords({ directory, piGen }: PigenProject): string[] {
  const root = piGen?.path ?? directory;
  const here = globSync("stage*", { cwd: root }).filter((name) => isDirectory(join(root, name)));
  if (piGen !== undefined) return here.sort();
  const own = here.filter((name) => !ownStages.includes(name)).sort();
  return [...ownStages, ...own];
}

function expandGlobs({ directory, piGen }: PigenProject, text: string): string[] {
  return text.split(/\s+/).flatMap((word) => {
    if (word === "") return [];
    if (!/[*?[]/.test(word)) return [word];
    const cwd = piGen?.path ?? directory;
    const found = globSync(word, { cwd }).filter((name) => isDirectory(resolve(cwd, name)));
    return found.length === 0 ? [word] : found.sort();
  });
}

type Found =
  | { readonly stage?: ListedStage; readonly note?: string }
  | { readonly problem: string };

function findStage(project: PigenProject, word: string, asItIs: boolean): Found {
  const { directory, piGen } = project;
  const name = basename(word);
  if (name === "export-image") {
    return { note: "`export-image` in STAGE_LIST is left out: it finishes every image by itself" };
  }
  const inside = fromPigen(word);
  const candidates = [...new Set([word, inside])].flatMap((each) =>
    isAbsolute(each)
      ? [each]
      : [resolve(directory, each), ...(piGen === undefined ? [] : [resolve(piGen.path, each)])],
  );
  const path = candidates.find(isDirectory);
  const isOwn = ownStages.includes(name);
  const upstream = `${upstreamPrefix}${name}`;
  if (path === undefined) {
    if (isOwn && /^(?:\.\/|(?:.*\/)?pi-gen\/)?stage\d$/.test(word))
      return { stage: { name: upstream, path } };
    return { problem: "is no directory here" };
  }
  const shown = relative(directory, path);
  if (isOwn && piGen !== undefined && path === join(piGen.path, name)) {
    const changes = asItIs ? [] : changesIn(project, name);
    if (changes.length === 0) return { stage: { name: upstream, path } };
    const note = `\`${shown}\` is not as in ${piGen.tag?.name}, and so taken from here: ${listed(changes)}`;
    return { stage: { name: shown, path }, note };
  }
  if (
    isOwn &&
    !isDirectory(join(path, "prerun.sh")) &&
    globSync("prerun.sh", { cwd: path }).length === 0
  ) {
    const note = `\`${shown}\` has no prerun.sh, as what a script copies into pi-gen's: pi-gen's own ${name} is taken, and nothing of this; make a stage of it`;
    return { stage: { name: upstream, path: undefined }, note };
  }
  if (!shown.startsWith("..") && !isAbsolute(shown)) return { stage: { name: shown, path } };
  const note = `\`${path}\` is outside of the project: another machine needs it in the same place`;
  return { stage: { name: path, path }, note };
}
