import type { Aspect, Description } from "./describe-tree.ts";

/** One aspect in which a name differs; `absent` where only one tree has the name. */
export interface Difference {
  readonly path: string;
  readonly aspect: Aspect | "presence";
  readonly left: string;
  readonly right: string;
}

/** A path that may differ, and why: `*` is any text within a name, `**` any number of names. */
export interface Volatile {
  readonly pattern: RegExp;
  /** What of it may differ; everything where it is left out. */
  readonly aspect?: Aspect;
  readonly why: string;
}

export interface Comparison {
  readonly names: number;
  readonly differences: readonly Difference[];
  /** Differences in names that may differ. */
  readonly allowed: readonly Difference[];
}

/** Compares two trees name by name. */
export function compareTrees(
  left: ReadonlyMap<string, Description>,
  right: ReadonlyMap<string, Description>,
  allowances: readonly Volatile[],
): Comparison {
  const names = [...new Set([...left.keys(), ...right.keys()])].sort();
  const all = names.flatMap((path) => differencesOf(path, left.get(path), right.get(path)));
  const isAllowed = (found: Difference) =>
    allowances.some(
      ({ pattern, aspect = found.aspect }) => aspect === found.aspect && pattern.test(found.path),
    );
  return {
    names: names.length,
    differences: all.filter((difference) => !isAllowed(difference)),
    allowed: all.filter(isAllowed),
  };
}

function differencesOf(
  path: string,
  left: Description | undefined,
  right: Description | undefined,
): Difference[] {
  if (left === undefined || right === undefined) {
    const presence = (one: unknown) => (one === undefined ? "absent" : "there");
    return [{ path, aspect: "presence", left: presence(left), right: presence(right) }];
  }
  return (Object.keys(left) as Aspect[])
    .filter((aspect) => left[aspect] !== right[aspect])
    .map((aspect) => ({ path, aspect, left: left[aspect], right: right[aspect] }));
}
