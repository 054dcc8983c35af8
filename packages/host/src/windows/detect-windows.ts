import type { WindowsFacts } from "./facts.ts";
import { findGitBash } from "./find-git-bash.ts";
import { readWsl, type Wsl } from "./read-wsl.ts";

/** What a Windows machine has for running Linux programs, besides container engines. */
export interface WindowsHost {
  /** Path of Git Bash's bash.exe. */
  readonly gitBash: string | undefined;
  readonly wsl: Wsl;
}

/** Tells from facts what a Windows machine has; changes and asks nothing. */
export function detectWindows(facts: WindowsFacts): WindowsHost {
  return { gitBash: findGitBash(facts), wsl: readWsl(facts) };
}
