import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, isAbsolute, join, relative, resolve } from "node:path";
import {
  brokenSettingRules,
  type SettingName,
  type SourceText,
  settingNames,
  sourceText,
  upstreamPrefix,
} from "@pibuild/config";
import { type ConfigIssue, type Exec, PibuildError } from "@pibuild/core";
import { type ActionReading, readWorkflow } from "../action/read-workflow.ts";
import { readConfig } from "../config/read-config.ts";
import type { ConfigReading } from "../config/variables.ts";
import type { ImageText } from "../files/image-yaml.ts";
import type { PigenPin } from "../files/pins.ts";
import { type Carried, carryOver } from "./carry.ts";
import { choosePigen } from "./choose-pigen.ts";
import { type Exports, findExports } from "./exports.ts";
import { imageNames } from "./image-names.ts";
import { findPigenProject, type PigenProject } from "./pigen-project.ts";
import { listStages } from "./stage-list.ts";

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

/** pi-gen's `config`, or a workflow with usimd/pi-gen-action: a path from the project on. */
export interface PigenSource {
  readonly kind: "config" | "workflow";
  readonly file: string;
}

/** What an existing project of pi-gen comes to. */
export interface AdoptedProject {
  readonly images: readonly ImageText[];
  readonly pin: PigenPin;
  /** Values of secrets, which belong into no image.yaml. */
  readonly secrets: Partial<Record<SettingName, string>>;
  /** What is not carried over, or not as it was, by the line that says it. */
  readonly notes: readonly ConfigIssue[];
}

/** What describes a directory to pi-gen: its `config`, else a workflow. Undefined where nothing does. */
export function findPigenSource(directory: string): PigenSource | undefined {
  const isPigen =
    globSync(["build.sh", "stage*/", "pi-gen/build.sh"], { cwd: directory }).length > 0;
  for (const file of ["config", "pi-gen/config"]) {
    const path = join(directory, file);
    if (!existsSync(path)) continue;
    const names = /^\s*(?:export\s+)?(?:IMG_NAME|STAGE_LIST)=/m;
    if (isPigen || names.test(readFileSync(path, "utf8"))) return { kind: "config", file };
  }
  const workflows = globSync(".github/workflows/*.{yml,yaml}", { cwd: directory }).sort();
  const file = workflows.find((each) =>
    readFileSync(join(directory, each), "utf8").includes("usimd/pi-gen-action"),
  );
  if (file !== undefined) return { kind: "workflow", file };
  return isPigen && existsSync(join(directory, "build.sh"))
    ? { kind: "config", file: "config" }
    : undefined;
}

/**
 * Reads a project of pi-gen and says which images give the same as its own build.sh. Runs nothing of it.
 * Throws CONFIG_MISSING, and CONFIG_INVALID with everything that has to be settled first.
 */
export async function adoptProject(options: AdoptOptions): Promise<AdoptedProject> {
  const { directory, source: described, given } = options;
  const project = await findPigenProject(directory, options);
  const source = openSource(directory, described);
  const reading: ConfigReading & Partial<ActionReading> = readSource(source, project, options);
  const carried = carryOver(reading);
  const at: ConfigIssue = { message: "", at: { file: described.file } };
  const flag = options.release && { text: options.release, at };
  const { version, lastOnly = false } = reading;
  const pigen = choosePigen({
    ...{ project, version, arm64: options.arm64, at },
    release: flag || carried.release,
  });
  const list = listStages(project, carried.stageList, at);
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
    skip: exports.skip.filter((each) =>
      isOf(
        each,
        stages.map(({ name }) => name),
      ),
    ),
    ...{
      settings: carried.settings,
      env: stages.every(({ name }) => name.startsWith(upstreamPrefix)) ? {} : carried.env,
    },
    ...{ sourceDateEpoch: carried.sourceDateEpoch, compressionLevel: carried.compressionLevel },
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
  return { images, pin: pigen.pin, secrets: carried.secrets, notes };
}

function openSource(directory: string, { file }: PigenSource): SourceText {
  const path = resolve(directory, file);
  if (existsSync(path)) return sourceText(file, readFileSync(path, "utf8"), maskSecrets);
  // pi-gen builds without one, with its own values.
  if (file === "config" && existsSync(join(directory, "build.sh"))) return sourceText(file, "");
  throw new PibuildError("CONFIG_MISSING", {
    file: path,
    what: "what describes the project to pi-gen",
  });
}

function readSource(
  source: SourceText,
  project: PigenProject,
  { directory, source: { kind }, given }: AdoptOptions,
): ConfigReading & Partial<ActionReading> {
  if (kind === "workflow") {
    const read = readWorkflow(source, given);
    if (read !== undefined) return read;
    const message = "no step of this workflow uses usimd/pi-gen-action";
    const hint = "name another with `--workflow`, or pi-gen's `config` with `--config`";
    throw new PibuildError("CONFIG_INVALID", { issues: [source.issue({ message, hint })] });
  }
  return readConfig(source, {
    given,
    before: { BASE_DIR: project.piGen?.path ?? directory },
    open(path) {
      const whole = resolve(directory, path);
      if (!existsSync(whole)) return undefined;
      return sourceText(relative(directory, whole), readFileSync(whole, "utf8"), maskSecrets);
    },
  });
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

/** What pi-gen does with marks and files that pibuild has no use for. */
function stageNotes(
  { directory, piGen }: PigenProject,
  exports: Exports,
  at: ConfigIssue,
): ConfigIssue[] {
  const notes = [
    ...(exports.none
      ? ["no stage has EXPORT_IMAGE, so build.sh makes no image; pibuild makes one of all stages"]
      : []),
    ...exports.skipped.map((name) => `\`${name}\` has a file SKIP, and is left out of \`stages:\``),
    ...exports.noobs.map(
      (name) => `EXPORT_NOOBS of \`${name}\` has no effect: pibuild makes no image for NOOBS`,
    ),
  ];
  const after = join(piGen?.path ?? directory, "postrun.sh");
  if (existsSync(after)) {
    notes.push(`\`${relative(directory, after)}\` is not run: call it yourself, after the build`);
  }
  return notes.map((message) => ({ ...at, message }));
}

function outputDirectory(
  { directory, piGen }: PigenProject,
  text: string | undefined,
): string | undefined {
  if (text === undefined) return undefined;
  const inside = relative(directory, resolve(piGen?.path ?? directory, text));
  return inside.startsWith("..") || isAbsolute(inside) ? text : inside;
}

function isOf(skipped: string, stages: readonly string[]): boolean {
  const [stage = ""] = skipped.split("/");
  return stage === "export-image" || stages.some((name) => basename(name) === stage);
}

/** Blanks what follows a name such as `FIRST_USER_PASS=` or `password:` on a line. */
function maskSecrets(line: string): string {
  return line.replace(/((?:pass|pwd|psk|token|secret)\w*["']?\s*[:=]\s*)\S.*/i, "$1***");
}
