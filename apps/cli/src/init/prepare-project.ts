import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import type { ConfigIssue } from "@pibuild/core";
import { createExec, PibuildError } from "@pibuild/core";
import {
  adoptProject,
  commonFiles,
  findPigenSource,
  newProject,
  type PigenSource,
  type ProjectFile,
  requireEmpty,
  withSecretFiles,
} from "@pibuild/project";
import type { CliContext } from "../context.ts";
import { version } from "../version.ts";
import { type AnswerFlags, askForProject } from "./questions.ts";

export interface InitFlags extends AnswerFlags {
  readonly config?: string;
  readonly workflow?: string;
  readonly set?: readonly string[];
  readonly arch?: "arm64";
}

/** A project that is still to be written. */
export interface PreparedProject {
  readonly images: readonly string[];
  readonly files: readonly ProjectFile[];
  readonly notes: readonly ConfigIssue[];
  /** What it was read from; undefined for a new one. */
  readonly adopted: PigenSource | undefined;
  /** Whether the pin's pi-gen has to be fetched. */
  readonly pinned: boolean;
  /** What PIGEN_DIR has to be at each build; undefined where the pin says it all. */
  readonly own?: string | undefined;
}

/** Works out what `pibuild init` is to write in a directory. Changes nothing. */
export async function prepareProject(
  context: CliContext,
  directory: string,
  flags: InitFlags,
): Promise<PreparedProject> {
  const adopted = sourceOf(directory, flags);
  const given = givenValues(flags);
  const named = { name: basename(directory).toLowerCase(), version };
  if (adopted === undefined) {
    await requireEmpty(directory);
    if (flags.set !== undefined || flags.arch !== undefined) {
      const message =
        "--set and --arch are about a project of pi-gen, and nothing here describes one";
      throw new PibuildError("USAGE", { message });
    }
    const { image, stage, pin } = newProject(await askForProject(context, directory, flags));
    const files = [...stage, ...commonFiles({ ...named, images: [image], pin })];
    return { images: [image.name], files, notes: [], adopted, pinned: pin !== undefined };
  }
  if (existsSync(join(directory, "apps"))) await requireEmpty(directory);
  const project = await adoptProject({
    ...{ directory, source: adopted, given, release: flags.release },
    ...{ arm64: flags.arch === "arm64", env: context.env },
    exec: createExec({ signal: context.signal }),
  });
  const { pin, own } = project;
  const { images, files: secrets } = withSecretFiles(project.images, project.secrets);
  return {
    images: images.map(({ name }) => name),
    files: [...secrets, ...commonFiles({ ...named, images, pin, own })],
    notes: project.notes,
    ...{ adopted, pinned: own === undefined, own },
  };
}

function sourceOf(directory: string, { config, workflow }: InitFlags): PigenSource | undefined {
  if (config !== undefined && workflow !== undefined) {
    throw new PibuildError("USAGE", {
      message: "--config and --workflow both describe the project: give one",
    });
  }
  if (config !== undefined) return { kind: "config", file: config };
  if (workflow !== undefined) return { kind: "workflow", file: workflow };
  return existsSync(directory) ? findPigenSource(directory) : undefined;
}

function givenValues({ set = [], name }: InitFlags): Record<string, string> {
  const pairs = set.map((text) => {
    const [, key, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
    if (key === undefined || value === undefined) {
      throw new PibuildError("USAGE", {
        message: `expected NAME=VALUE, found \`${text}\` (--set)`,
      });
    }
    return [key, value] as const;
  });
  return { ...Object.fromEntries(pairs), ...(name === undefined ? {} : { IMG_NAME: name }) };
}
