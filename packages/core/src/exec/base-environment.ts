import { searchPath } from "./find-program.ts";

/** Without these, programs of Windows find neither the system nor their user's settings. */
const windowsVariables = [
  ...["SystemRoot", "SystemDrive", "windir", "ComSpec", "PATHEXT", "TEMP", "TMP"],
  ...["USERNAME", "USERPROFILE", "HOMEDRIVE", "HOMEPATH", "APPDATA", "LOCALAPPDATA"],
  ...["ProgramData", "ProgramFiles", "ProgramFiles(x86)", "ProgramW6432"],
  ...["NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE"],
];

/** The variables that every program gets: the same on every machine, but for where things are. */
export function baseEnvironment(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): Record<string, string> {
  const kept = platform === "win32" ? windowsVariables : [];
  return {
    ...Object.fromEntries(
      kept.flatMap((name) => {
        const value = env[name];
        return value === undefined ? [] : [[name, value]];
      }),
    ),
    LANG: "C.UTF-8",
    TZ: "UTC",
    PATH: searchPath(env, platform),
    HOME: env.HOME ?? (platform === "win32" ? env.USERPROFILE : undefined) ?? "/root",
    TERM: env.TERM ?? "dumb",
  };
}
