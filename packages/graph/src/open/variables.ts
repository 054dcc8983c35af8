import { basename } from "node:path";
import { type Image, payloadVariables, stageVariables } from "@pibuild/config";
import { inputPath, quiltVariables, visiblePath } from "@pibuild/pigen-runner";

/** What is known of the workspace and host besides the image itself. */
export interface Surroundings {
  /** Of the workspace's commit; empty outside of git. */
  readonly gitHash: string;
  readonly gitDescribe: string;
  readonly mirrors: { readonly main?: string; readonly security?: string };
  /** See `diskVariables`. */
  readonly disk: Readonly<Record<string, string>>;
}

/** Of the stages that finish an image, the one that is called its export; else the last. */
function exportDirectory({ exportStages }: Image): string {
  const named = exportStages.find(({ path }) => basename(path).startsWith("export"));
  return (named ?? exportStages.at(-1))?.path ?? "";
}

/**
 * Every variable whose value may enter a step: pi-gen's settings under their own names, and
 * what pibuild adds. Paths that are the same in every run are not here: they shape no byte.
 */
export function stepVariables(image: Image, around: Surroundings): Record<string, string> {
  const { settings, workspace } = image;
  return {
    ...stageVariables(image),
    ...Object.fromEntries(image.inputs.map((each) => [each.variable, inputPath(each.name)])),
    STAGE_LIST: image.stages.map(({ path }) => visiblePath(workspace, path).path).join(" "),
    EXPORT_CONFIG_DIR: visiblePath(workspace, exportDirectory(image)).path,
    GIT_HASH: around.gitHash,
    GIT_DESCRIBE: around.gitDescribe,
    CAPSH_ARG: settings.SETFCAP === "1" ? "" : "--drop=cap_setfcap",
    APT_MIRROR: settings.APT_MIRROR || around.mirrors.main || "",
    APT_SECURITY_MIRROR: settings.APT_SECURITY_MIRROR || around.mirrors.security || "",
    ...around.disk,
    ...payloadVariables(image.payload),
    ...quiltVariables,
  };
}
