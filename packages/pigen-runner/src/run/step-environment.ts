import type { Step } from "@pibuild/pigen-stages";
import {
  archivesDirectory,
  baseDirectory,
  deployDirectory,
  fetchDirectory,
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

/** What pi-gen sets for quilt, which reads it by itself. */
export const quiltVariables = {
  QUILT_NO_DIFF_INDEX: "1",
  QUILT_NO_DIFF_TIMESTAMPS: "1",
  QUILT_REFRESH_ARGS: "-p ab",
} as const;

/** What `confine` asks for, and takes away before any script sees it. */
export function confinement({
  hostDevices = false,
}: Pick<RunContext["spec"], "hostDevices">): Record<string, string> {
  return hostDevices ? { PIBUILD_HOST_DEVICES: "1" } : {};
}

/** Variables that every script gets: the same in every run, or known from the step's name and fingerprint. */
function unasked(
  { spec }: Pick<RunContext, "spec">,
  { stage }: Step,
  stagePath: string,
  directory: string,
): Record<string, string> {
  return {
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
    SOURCE_DATE_EPOCH: String(spec.sourceDateEpoch),
    PIBUILD_APT_ARCHIVES: archivesDirectory,
    PIBUILD_FETCH: fetchDirectory,
    PIBUILD_RESOLV_CONF: "/etc/resolv.conf",
  };
}

/** Where a step finds the stage before its own. */
export function previousDirectory(
  { base }: Pick<RunContext["spec"], "base">,
  { previous }: Pick<Step, "previous">,
): string {
  return previous === undefined ? "" : visiblePath(base, previous.path).path;
}

/**
 * What a script sees; nothing of the caller's environment comes through. Of the settings it gets
 * those of `seen`, which are those of its fingerprint; all of them where that is undefined.
 */
export function stepEnvironment(
  context: Pick<RunContext, "spec">,
  step: Step,
  stagePath: string,
  directory: string,
  seen?: readonly string[],
): Record<string, string> {
  const { spec } = context;
  const { previous, stage } = step;
  const settings = {
    ...spec.variables,
    ...(previous && {
      PREV_STAGE: previous.name,
      PREV_STAGE_DIR: previousDirectory(spec, step),
      PREV_ROOTFS_DIR: rootfsDirectory(previous.name),
    }),
    ...stage.variables,
  };
  const given = Object.entries(settings).filter(([name]) => seen?.includes(name) ?? true);
  return {
    ...neutralEnvironment,
    ...quiltVariables,
    ARCH: spec.arch,
    RELEASE: spec.release,
    ...Object.fromEntries(given),
    ...unasked(context, step, stagePath, directory),
  };
}
