import type { Depot } from "../depot/depot.ts";
import { listEntries } from "./list-entries.ts";

export interface PruneOptions {
  /** Records that were sent before this, in milliseconds since 1970, go. */
  readonly beforeMs: number;
  /** Counts, and removes nothing. */
  readonly dryRun: boolean;
}

export interface Pruned {
  readonly removed: number;
  readonly kept: number;
}

/**
 * Removes a scope's records that were sent before a time. One whose time is not known stays. What only
 * they named goes with the next `collect`.
 */
export async function prune(
  depot: Depot,
  scope: string,
  { beforeMs, dryRun }: PruneOptions,
): Promise<Pruned> {
  const entries = await listEntries(depot, scope);
  const old = entries.filter(({ sentMs = Number.POSITIVE_INFINITY }) => sentMs < beforeMs);
  for (const { key } of dryRun ? [] : old) await depot.drop(scope, key);
  return { removed: old.length, kept: entries.length - old.length };
}
