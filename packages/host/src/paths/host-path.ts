import { PibuildError } from "@pibuild/core";
import { type PathForm, type PathProblem, pathProblems, readers } from "./path-problems.ts";

/** A place, whoever names it. Names are whole: they hold no separator, and `.` is not among them. */
export type HostPath =
  | { readonly kind: "drive"; readonly drive: string; readonly names: readonly string[] }
  | {
      readonly kind: "distribution";
      readonly distribution: string;
      readonly names: readonly string[];
    }
  | { readonly kind: "relative"; readonly names: readonly string[] };

/** What conversions from and to WSL depend on. */
export interface WslPlace {
  /** The distribution whose paths are meant, as `wsl.exe --list` names it. */
  readonly distribution?: string;
  /** `root` in the section `[automount]` of its /etc/wsl.conf. Default: `/mnt/`, as WSL's. */
  readonly automountRoot?: string;
}

/** One form: how a path is read, and how a place is written. Both throw PATH_FOREIGN. */
export interface PathSyntax {
  parse(path: string, wsl: WslPlace): HostPath;
  format(place: HostPath, path: string, wsl: WslPlace): string;
}

/** The names of a path without the empty ones and `.`. */
export function namesOf(path: string, separator: string | RegExp): string[] {
  return path.split(separator).filter((name) => name !== "" && name !== ".");
}

/**
 * The names of an absolute path with each `..` taken back by name, as Windows does it; the root is
 * its own parent. Whoever has symlinks in a path resolves them first.
 */
export function withoutParents(names: readonly string[]): string[] {
  const kept: string[] = [];
  for (const name of names) {
    if (name === "..") kept.pop();
    else kept.push(name);
  }
  return kept;
}

/** Of a path that has no name for whoever reads that form. */
export function foreign(path: string, form: PathForm, problem: PathProblem): PibuildError {
  const { why, hint } = pathProblems[problem];
  return new PibuildError("PATH_FOREIGN", { path, problem: why(readers[form]), hint });
}
