import { join } from "node:path";
import { acquireLock, HeldResources } from "@pibuild/core";
import type { OpenImage } from "../open/open-image.ts";
import { targetsOf } from "./registry.ts";
import type { FileTarget, Target } from "./target.ts";

/**
 * Locks what a target writes, and what it reads: its own outputs and those of targets made from them,
 * which it takes away, for itself; those of targets before it together with others that read them. Always
 * in the registry's order, so that no two wait for each other.
 */
export async function lockOutputs(
  { image, context }: OpenImage,
  target: Target,
): Promise<AsyncDisposable> {
  const targets = targetsOf(image);
  const own = new Set([target, ...dependentsOf(target, targets)].map(({ name }) => name));
  const reads = ({ kind, name }: Target) => kind === "files" && target.after.includes(name);
  const locks = new HeldResources();
  try {
    for (const each of targets) {
      const shared = reads(each);
      if (!shared && !own.has(each.name)) continue;
      const lock = join(image.workspace, ".pibuild", "locks", `${image.name}.${each.name}`);
      const onWait = () =>
        context.emit({ type: "waiting", what: `another build of ${each.name} of ${image.name}` });
      locks.use(await acquireLock(lock, { onWait, shared }));
    }
    return locks;
  } catch (error) {
    await locks[Symbol.asyncDispose]();
    throw error;
  }
}

/** The targets with files that are made from one, or from what is made from it; in order. */
export function dependentsOf(target: Target, targets: readonly Target[]): FileTarget[] {
  const made = new Set([target.name]);
  const dependents: FileTarget[] = [];
  for (const each of targets) {
    if (each.kind !== "files" || !each.after.some((name) => made.has(name))) continue;
    made.add(each.name);
    dependents.push(each);
  }
  return dependents;
}
