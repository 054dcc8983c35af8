import type { Lock, LockedPackage, LockedRelease } from "../policy/lock.ts";

/** What differs between two locks of an image. */
export interface LockChange {
  readonly what: "package" | "release";
  readonly name: string;
  /** A version, or the sum where that is the same; undefined where it is not there. */
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** What changes from one lock to another, packages first, by name. */
export function diffLocks(from: Lock, to: Lock): LockChange[] {
  const releaseName = ({ archive, path }: LockedRelease) => `${archive} ${path}`;
  return [
    ...changes("package", byName(from.packages), byName(to.packages)),
    ...changes(
      "release",
      new Map(from.releases.map((each) => [releaseName(each), each.sha256.slice(0, 12)])),
      new Map(to.releases.map((each) => [releaseName(each), each.sha256.slice(0, 12)])),
    ),
  ];
}

/** The versions of a package, which the stages of an image may have one after the other. */
function byName(packages: readonly LockedPackage[]): Map<string, string> {
  const groups = Map.groupBy(packages, ({ name, architecture }) => `${name}:${architecture}`);
  const text = ({ version, sha256 }: LockedPackage) => `${version} (${sha256.slice(0, 12)})`;
  return new Map([...groups].map(([key, found]) => [key, found.map(text).sort().join(", ")]));
}

function changes(
  what: LockChange["what"],
  from: ReadonlyMap<string, string>,
  to: ReadonlyMap<string, string>,
): LockChange[] {
  const names = [...new Set([...from.keys(), ...to.keys()])].sort();
  return names
    .map((name) => ({ what, name, from: from.get(name), to: to.get(name) }))
    .filter((change) => change.from !== change.to);
}
