import { existsSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import type { Exec } from "@pibuild/core";
import { describeCheckout, type KnownCheckout } from "@pibuild/pigen-source";

/** A directory that pi-gen builds from. */
export interface PigenProject {
  readonly directory: string;
  /** The pi-gen in it: itself, or a submodule; undefined where a script fetches it. */
  readonly piGen: (KnownCheckout & { readonly path: string }) | undefined;
}

/** BASE_DIR in every `config`: where build-docker.sh has pi-gen. A path of this machine would split at a blank. */
export const baseDirectory = "/pi-gen";

/** A path in pi-gen's own directory from there on; another as it is. */
export function fromPigen(path: string): string {
  return path.startsWith(`${baseDirectory}/`) ? path.slice(baseDirectory.length + 1) : path;
}

/** The stages that every pi-gen has. */
export const ownStages = ["stage0", "stage1", "stage2", "stage3", "stage4", "stage5"];

/** Looks for pi-gen in a directory, and asks git about it. Changes nothing. */
export async function findPigenProject(
  directory: string,
  { exec, env }: { readonly exec: Exec; readonly env: NodeJS.ProcessEnv },
): Promise<PigenProject> {
  const path = [directory, join(directory, "pi-gen")].find(
    (place) => isFile(join(place, "build.sh")) && isFile(join(place, "scripts/common")),
  );
  if (path === undefined) return { directory, piGen: undefined };
  return { directory, piGen: { ...(await describeCheckout(path, { exec, env })), path } };
}

/** Files of one of pi-gen's own directories that are not its tag's, but for what marks a stage. */
export function changesIn({ piGen }: PigenProject, name: string): string[] {
  const marks = ["SKIP", "SKIP_IMAGES", "EXPORT_IMAGE", "EXPORT_NOOBS"];
  return (piGen?.changes ?? []).filter((file) => {
    const [top, ...rest] = file.split("/");
    const isMark = rest.length === 1 && marks.includes(rest[0] ?? "");
    return top === name && !isMark && rest.at(-1) !== "SKIP";
  });
}

/** A path as image.yaml and messages name it: from the project on. */
export function inProject({ directory }: PigenProject, path: string): string {
  return relative(directory, path) || ".";
}

export function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

/** The first few of them, and how many more there are. */
export function listed(files: readonly string[]): string {
  const [shown, rest] = [files.slice(0, 3).join(", "), files.length - 3];
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}
