import { accessSync, constants, existsSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { PibuildError } from "../errors/pibuild-error.ts";
import { type ProgramName, programs } from "./programs.ts";

/** Where Debian keeps administration tools that an ordinary user's PATH leaves out. */
const systemDirectories = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"];

/** PATH for every program that pibuild starts: the caller's, then the system's directories. */
export function searchPath(
  env: NodeJS.ProcessEnv = process.env,
  platform = process.platform,
): string {
  const own = (env.PATH ?? "").split(delimiter).filter((entry) => entry !== "");
  const system = platform === "win32" ? [] : systemDirectories;
  return [...new Set([...own, ...system])].join(delimiter);
}

/**
 * The path of a program, or undefined where the host has none.
 * `PIBUILD_TOOL_<NAME>` (upper case, `_` for other characters) overrides the search.
 */
export function findProgram(
  name: ProgramName,
  env: NodeJS.ProcessEnv = process.env,
  platform = process.platform,
): string | undefined {
  const override = env[`PIBUILD_TOOL_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}`];
  if (override !== undefined && override !== "") return override;
  const { file } = programs[name];
  if (file !== undefined) return existsSync(file) ? file : undefined;
  return findCommand(name, env, platform);
}

/** The path of any command, as a shell with `searchPath` would find it. */
export function findCommand(
  name: string,
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const files = fileNames(name, env, platform);
  const paths = searchPath(env, platform)
    .split(delimiter)
    .flatMap((directory) => files.map((file) => join(directory, file)));
  return paths.find(isExecutable);
}

/** Windows has no executable bit: a file is a program by how its name ends. */
function fileNames(name: string, env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string[] {
  if (platform !== "win32") return [name];
  const ends = (env.PATHEXT || ".com;.exe;.bat;.cmd").toLowerCase().split(";");
  return ends.map((end) => `${name}${end}`);
}

/** The programs of a list that this host does not have. */
export function missingPrograms(names: readonly ProgramName[]): ProgramName[] {
  return names.filter((name) => findProgram(name) === undefined);
}

/** Throws ENV_TOOL_MISSING, naming all that is missing at once. */
export function requirePrograms(names: readonly ProgramName[]): void {
  const missing = missingPrograms(names);
  if (missing.length === 0) return;
  throw new PibuildError("ENV_TOOL_MISSING", {
    missing: missing.map((program) => ({
      program,
      debianPackage: programs[program].debianPackage,
    })),
    platform: process.platform,
  });
}

function isExecutable(path: string): boolean {
  try {
    // Most are not there, and an error that is made and caught for each costs more than the look.
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
