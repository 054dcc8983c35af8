import type { Exec } from "@pibuild/core";
import { fieldOf } from "../index/read-index.ts";
import type { LockedPackage } from "../policy/lock.ts";

/** A package of a lock as dpkg knows it at the end of a build. */
export interface Installed {
  readonly locked: LockedPackage;
  /** Of the release that it came from. */
  readonly paragraph: string;
}

export function nameOfPackage({
  name,
  architecture,
}: Pick<LockedPackage, "name" | "architecture">): string {
  return `${name}:${architecture}`;
}

/** Whether a version is newer than another, by dpkg. */
export async function isNewer(exec: Exec, version: string, than: string): Promise<boolean> {
  const args = ["--compare-versions", version, "gt", than];
  return (await exec.run({ program: "dpkg", args, allowExit: [1], quiet: true })).exitCode === 0;
}

/** The last version of each package that stages have had one after the other. */
export async function lastVersions(
  exec: Exec,
  packages: readonly LockedPackage[],
): Promise<LockedPackage[]> {
  const last = new Map<string, LockedPackage>();
  for (const each of packages) {
    const known = last.get(nameOfPackage(each));
    if (known === undefined || (await isNewer(exec, each.version, known.version)))
      last.set(nameOfPackage(each), each);
  }
  return [...last.values()];
}

export function statusText(installed: readonly Installed[]): string {
  return installed
    .map(({ paragraph }) => `${paragraph.trimEnd()}\nStatus: install ok installed\n`)
    .join("\n");
}

/** Those that another depends on: they may have come for it alone. */
export function neededByOthers(installed: readonly Installed[]): LockedPackage[] {
  const needed = new Set<string>();
  for (const { paragraph } of installed) {
    for (const field of ["Depends", "Pre-Depends"]) {
      const relations = (fieldOf(paragraph, field) ?? "").split(/[,|]/);
      for (const each of relations) needed.add(/^\s*([^\s:(]+)/.exec(each)?.[1] ?? "");
    }
  }
  return installed.flatMap(({ locked }) => (needed.has(locked.name) ? [locked] : []));
}
