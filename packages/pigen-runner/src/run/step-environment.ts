import type { Step } from "@pibuild/pigen-stages";
import {
  archivesDirectory,
  baseDirectory,
  deployDirectory,
  rootfsDirectory,
  scriptDirectory,
  stageWorkDirectory,
  visiblePath,
  workDirectory,
} from "./paths.ts";
import type { RunContext } from "./run-context.ts";

/**
 * What the seam for programs would otherwise take from whoever called pibuild. Nobody answers
 * questions of packages: pi-gen's own container image sets DEBIAN_FRONTEND so too.
 */
export const neutralEnvironment = {
  DEBIAN_FRONTEND: "noninteractive",
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/root",
  TERM: "dumb",
} as const;

/** What a script sees; nothing of the caller's environment comes through. */
export function stepEnvironment(
  { spec }: Pick<RunContext, "spec">,
  { previous, stage }: Step,
  stagePath: string,
  directory: string,
): Record<string, string> {
  return {
    ...neutralEnvironment,
    ...spec.variables,
    BASE_DIR: baseDirectory,
    SCRIPT_DIR: scriptDirectory,
    WORK_DIR: workDirectory,
    DEPLOY_DIR: deployDirectory,
    LOG_FILE: "/dev/null",
    STAGE: stage.name,
    STAGE_DIR: stagePath,
    STAGE_WORK_DIR: stageWorkDirectory(stage.name),
    ROOTFS_DIR: rootfsDirectory(stage.name),
    SUB_STAGE_DIR: directory,
    ...(previous && {
      PREV_STAGE: previous.name,
      PREV_STAGE_DIR: visiblePath(spec.base, previous.path).path,
      PREV_ROOTFS_DIR: rootfsDirectory(previous.name),
    }),
    ...stage.variables,
    SOURCE_DATE_EPOCH: String(spec.sourceDateEpoch),
    PIBUILD_APT_ARCHIVES: archivesDirectory,
    PIBUILD_RESOLV_CONF: "/etc/resolv.conf",
  };
}
