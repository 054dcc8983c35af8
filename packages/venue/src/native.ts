import { findProgram, PibuildError, programsFor, requirePrograms } from "@pibuild/core";

/**
 * Throws where steps cannot run on this machine itself: ENV_NEEDS_LINUX outside of Linux,
 * ENV_TOOL_MISSING with all that is missing, ENV_NEEDS_ROOT. WSL is Linux.
 */
export function checkNative(platform: NodeJS.Platform = process.platform): void {
  if (platform !== "linux") {
    throw new PibuildError("ENV_NEEDS_LINUX", { task: "a build", platform });
  }
  requirePrograms([...programsFor("steps"), ...programsFor("disk"), ...programsFor("emulation")]);
  if (process.getuid?.() !== 0 && findProgram("sudo") === undefined) {
    throw new PibuildError("ENV_NEEDS_ROOT", { task: "a build" });
  }
}
