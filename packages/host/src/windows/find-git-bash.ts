import { win32 } from "node:path";
import type { WindowsFacts } from "./facts.ts";

/**
 * The bash.exe of Git for Windows (or of MSYS2, which names paths alike), or undefined. Git's own
 * comes before what PATH has. A bash.exe counts only with the library of Git Bash beside it: the one
 * in System32 and the one in WindowsApps start WSL, and Cygwin's names drives in another way.
 */
export function findGitBash({ env, isFile }: WindowsFacts): string | undefined {
  const path = (variable(env, "PATH") ?? "")
    .split(";")
    .map((entry) => entry.replaceAll('"', "").trim())
    .filter((entry) => entry !== "");
  const besideGit = path
    .filter((directory) => isFile(win32.join(directory, "git.exe")))
    .map((directory) => win32.join(directory, "..", "bin"));
  const candidates = [...besideGit, ...usualPlaces(env), ...path];
  return candidates
    .map((directory) => win32.join(directory, "bash.exe"))
    .find((bash) => isFile(bash) && isGitBash(bash, isFile));
}

/** Where Git's installer puts it: for all users, and for one. */
function usualPlaces(env: WindowsFacts["env"]): string[] {
  const local = variable(env, "LOCALAPPDATA");
  return [
    variable(env, "ProgramW6432"),
    variable(env, "ProgramFiles"),
    local && win32.join(local, "Programs"),
  ]
    .filter((parent) => parent !== undefined && parent !== "")
    .map((parent) => win32.join(String(parent), "Git", "bin"));
}

function isGitBash(bash: string, isFile: WindowsFacts["isFile"]): boolean {
  const directory = win32.dirname(bash);
  return ["msys-2.0.dll", "..\\usr\\bin\\msys-2.0.dll"].some((library) =>
    isFile(win32.join(directory, library)),
  );
}

/** Windows does not tell the case of variables' names apart; a plain object does. */
function variable(env: WindowsFacts["env"], name: string): string | undefined {
  const found = Object.keys(env).find((key) => key.toLowerCase() === name.toLowerCase());
  return found === undefined ? undefined : env[found];
}
