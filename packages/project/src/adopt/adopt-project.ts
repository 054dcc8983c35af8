import { basename, isAbsolute, relative, resolve } from "node:path";
import {
  brokenSettingRules,
  type SettingName,
  settingNames,
  upstreamPrefix,
} from "@pibuild/config";
import { type ConfigIssue, type Exec, PibuildError } from "@pibuild/core";
import { isAmbient } from "@pibuild/pigen-stages";
import type { ConfigReading } from "../config/variables.ts";
import type { ImageText } from "../files/image-yaml.ts";
import type { PigenPin } from "../files/pins.ts";
import { type Carried, carryOver } from "./carry.ts";
import { choosePigen } from "./choose-pigen.ts";
import { findExports } from "./exports.ts";
import { imageNames } from "./image-names.ts";
import { findPigenProject, fromPigen, type PigenProject } from "./pigen-project.ts";
import { type PigenSource, readPigenSource } from "./pigen-source.ts";
import { type ListedStage, listStages } from "./stage-list.ts";
import { stageNotes } from "./stage-notes.ts";

export interface AdoptOptions {
  readonly directory: string;
  readonly exec: Exec;
  readonly env: NodeJS.ProcessEnv;
  /** What the project is described by. */
  readonly source: PigenSource;
  /** Values of variables, before what the file says. */
  readonly given: Readonly<Record<string, string>>;
  readonly release: string | undefined;
  readonly arm64: boolean;
}

/** What an existing project of pi-gen comes to. */
export interface AdoptedProject {
  readonly images: readonly ImageText[];
  readonly pin: PigenPin;
  /** The project's own pi-gen, for PIGEN_DIR, where it has to be that. */
  readonly own: string | undefined;
  /** Values of secrets, which belong into no image.yaml. */
  readonly secrets: Partial<Record<SettingName, string>>;
  /** What is not carried over, or not as it was, by the line that says it. */
  readonly notes: readonly ConfigIssue[];
}

/**
 * Reads a project of pi-gen and says which images give the same as its own build.sh. Runs nothing of it.
 * Throws CONFIG_MISSING, and CONFIG_INVALID with everything that has to be settled first.
 */
export async function adoptProject(options: AdoptOptions): Promise<AdoptedProject> {
  const { directory, source: described, given } = options;
  const project = await findPigenProject(directory, options);
  const base = project.piGen?.path ?? directory;
  const reading = readPigenSource(directory, described, { base, given });
  const carried = carryOver(reading, project.piGen?.exports);
  const at: ConfigIssue = { message: "", at: { file: described.file } };
  const flag = options.release && { text: options.release, at };
  const { version, lastOnly = false } = reading;
  const pigen = choosePigen({
    ...{ project, version, arm64: options.arm64, at },
    release: flag || carried.release,
  });
  const list = listStages(project, carried.stageList, {
    ...{ at, asItIs: pigen.own !== undefined },
  });
  const exports = findExports(project, list.stages, lastOnly);
  const issues = [
    ...carried.issues,
    ...pigen.issues,
    ...list.issues,
    ...ruleIssues(carried, reading),
  ];
  if (list.issues.length === 0 && exports.images.length === 0) {
    issues.push({ ...at, message: "the project has no stage to make an image of" });
  }
  if (issues.length > 0) throw new PibuildError("CONFIG_INVALID", { issues });
  const named = imageNames(carried, exports, { release: pigen.pin.release, given: given.IMG_NAME });
  const images = exports.images.map(({ stages }, index) => ({
    name: named.names[index] ?? "",
    about: [`From \`${described.file}\`, which \`pibuild init\` read.`],
    release: pigen.pin.release,
    stages: stages.map(({ name }) => name),
    skip: exports.skip.filter((each) => isOf(each, stages)),
    settings: carried.settings,
    env: envFor(stages, carried.env),
    sourceDateEpoch: carried.sourceDateEpoch,
    compressionLevel: carried.compressionLevel,
    outputDir: outputDirectory(project, carried.outputDir),
  }));
  const notes = [
    ...carried.notes,
    ...(reading.notes ?? []),
    ...pigen.notes,
    ...list.notes,
    ...named.notes,
    ...stageNotes(project, exports, at),
  ];
  return { images, pin: pigen.pin, own: pigen.own, secrets: carried.secrets, notes };
}

/** pi-gen's own stages read no variable of a project's; the programs that they run may. */
function envFor(
  stages: readonly { readonly name: string }[],
  env: Readonly<Record<string, string>>,
): Record<string, string> {
  const isOwn = stages.some(({ name }) => !name.startsWith(upstreamPrefix));
  return Object.fromEntries(Object.entries(env).filter(([name]) => isOwn || isAmbient(name)));
}

/** pi-gen's rules between two settings, at the line of the one that breaks them. */
function ruleIssues(carried: Carried, { variables }: ConfigReading): ConfigIssue[] {
  const all = { ...carried.settings, ...carried.secrets };
  const values = Object.fromEntries(settingNames.map((name) => [name, all[name] ?? ""]));
  return brokenSettingRules(values as Record<SettingName, string>).map(
    ({ path, message, hint }) => {
      const at = variables.get(String(path[1]))?.at ?? { message, at: { file: "config" } };
      return { ...at, message, ...(hint === undefined ? {} : { hint }) };
    },
  );
}

function outputDirectory(
  { directory, piGen }: PigenProject,
  text: string | undefined,
): string | undefined {
  if (text === undefined) return undefined;
  const inside = relative(directory, resolve(piGen?.path ?? directory, fromPigen(text)));
  return inside.startsWith("..") || isAbsolute(inside) ? text : inside;
}

function isOf(skipped: string, stages: readonly ListedStage[]): boolean {
  const [stage = ""] = skipped.split("/");
  return stage === "export-image" || stages.some(({ name }) => basename(name) === stage);
}
