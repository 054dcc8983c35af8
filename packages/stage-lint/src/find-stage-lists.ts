import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import {
  findWorkspace,
  listImages,
  loadImage,
  loadPin,
  pinFileName,
  type StageEntry,
  upstreamPrefix,
  upstreamStages,
} from "@pibuild/config";
import { didYouMean, type Exec, isPibuildError, PibuildError } from "@pibuild/core";
import { findCheckout } from "@pibuild/pigen-source";
import { readFileIndex, readStage, type Stage } from "@pibuild/pigen-stages";
import type { StageList } from "./stage-list.ts";

export interface FindOptions {
  readonly exec: Exec;
  readonly cwd: string;
  /** Where the workspace is looked for. Default: `cwd`. */
  readonly start?: string;
  /** Images and directories of stages; none means every image of the workspace. */
  readonly names: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * The lists that names stand for: one for each image, and one of all directories together in the
 * order given, as STAGE_LIST would have it. Directories need no workspace. Throws USAGE for a
 * name that is neither, or a directory that is no stage.
 */
export async function findStageLists(options: FindOptions): Promise<StageList[]> {
  const { exec, cwd, start = cwd, names } = options;
  const workspace = await findWorkspace(start).catch((error: unknown) => {
    if (names.length > 0 && isPibuildError(error, "CONFIG_MISSING")) return undefined;
    throw error;
  });
  const images = workspace === undefined ? [] : await listImages(workspace);
  const lists: StageList[] = [];
  const directories: Stage[] = [];
  for (const name of names.length > 0 ? names : images) {
    if (workspace !== undefined && images.includes(name)) {
      lists.push(await imageList(workspace, name, options));
    } else directories.push(await stageAt(exec, resolve(cwd, name), name, images));
  }
  if (directories.length > 0) lists.push(directoryList(directories));
  if (lists.length > 0) return lists;
  throw new PibuildError("USAGE", { message: "there is no image here, and no stage was named" });
}

async function imageList(
  workspace: string,
  name: string,
  { exec, env = {} }: FindOptions,
): Promise<StageList> {
  const readPin = () => loadPin(join(workspace, pinFileName));
  const image = await loadImage(workspace, name, { env });
  const fetched = image.piGen === undefined || env.PIGEN_DIR || existsSync(image.piGen);
  if (image.piGen !== undefined && fetched) await findCheckout(workspace, readPin, { exec, env });
  const read = (entries: readonly StageEntry[]) =>
    Promise.all(entries.map(async ({ path }) => readStage(path, await readFileIndex(exec, path))));
  const own = [...image.stages, ...image.exportStages].filter(
    ({ name: entry }) => !entry.startsWith(upstreamPrefix),
  );
  const judged = await read(own);
  const written = { judged, byName: false };
  if (!fetched) return { ...written, order: [], forPigen: false, unordered: name };
  const order = await read(upstreamStages(image));
  return { ...written, order, forPigen: image.piGen !== undefined };
}

/** pi-gen's EXPORT_CONFIG_DIR is named so, `stages/export` is, and neither stands in STAGE_LIST. */
function directoryList(judged: readonly Stage[]): StageList {
  const order = judged.filter(({ name }) => !name.startsWith("export"));
  return { order, judged, forPigen: true, byName: true };
}

async function stageAt(
  exec: Exec,
  path: string,
  name: string,
  images: readonly string[],
): Promise<Stage> {
  if (!(await stat(path).catch(() => undefined))?.isDirectory()) {
    const near = didYouMean(name, images);
    const known =
      near !== undefined
        ? ` (did you mean \`${near}\`?)`
        : images.length > 0
          ? ` (${images.join(", ")})`
          : "";
    const message = `\`${name}\` is neither an image${known} nor a directory`;
    throw new PibuildError("USAGE", { message });
  }
  const stage = await readStage(path, await readFileIndex(exec, path));
  if (stage.prerun || stage.subStages.some(({ actions }) => actions.length > 0)) return stage;
  const inside = await Promise.all(
    stage.subStages.map((one) => stat(join(one.path, "prerun.sh")).catch(() => undefined)),
  );
  if (stage.warnings.length > 0 && inside.every((found) => found === undefined)) return stage;
  const held = stage.subStages.filter((_one, index) => inside[index] !== undefined);
  const message =
    held.length > 0
      ? `\`${name}\` is no stage but holds some (${held.map((one) => one.name).join(", ")}): name those`
      : `\`${name}\` is no stage: it has neither a \`prerun.sh\` nor a sub-stage with a numbered file`;
  throw new PibuildError("USAGE", { message });
}
