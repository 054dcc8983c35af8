import type { Target } from "./target.ts";

/** What an engine without a memory of its own needs of a target. */
type Ordered = Pick<Target, "name" | "after">;

/**
 * Runs a target and all that it comes after, each when those before it are done, side by side where none
 * needs the other. Where one fails, what comes after it does not begin; what has begun comes to its end.
 * Throws the failure of the first that failed, in the registry's order.
 */
export async function runInOrder<T extends Ordered>(
  targets: readonly T[],
  goal: string,
  run: (target: T) => Promise<void>,
): Promise<void> {
  const runs = new Map<string, Promise<void>>();
  const needed = namesUntil(targets, goal);
  // Each stands behind those that it comes after, so that theirs are there already.
  for (const target of targets.filter(({ name }) => needed.has(name))) {
    const before = target.after.map((name) => runs.get(name));
    runs.set(
      target.name,
      Promise.all(before).then(() => run(target)),
    );
  }
  for (const result of await Promise.allSettled(runs.values())) {
    if (result.status === "rejected") throw result.reason;
  }
}

/** A target's name, and of all that it comes after. */
function namesUntil(targets: readonly Ordered[], goal: string): Set<string> {
  const needed = new Set([goal]);
  for (const { name, after } of targets.toReversed()) {
    if (needed.has(name)) for (const each of after) needed.add(each);
  }
  return needed;
}
