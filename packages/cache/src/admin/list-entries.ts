import type { Sha256 } from "@pibuild/core";
import type { Depot } from "../depot/depot.ts";
import { parseEntry, type SignedEntry } from "../record/entry.ts";

/** A record as it lies in a scope. */
export interface ListedEntry {
  readonly key: Sha256;
  /** Undefined for one that is damaged, or of another version. */
  readonly signed: SignedEntry | undefined;
  readonly sentMs: number | undefined;
}

/** How many records are asked for side by side. */
const lanes = 8;

/** All records of a scope, by key. One that goes away meanwhile is left out. */
export async function listEntries(depot: Depot, scope: string): Promise<ListedEntry[]> {
  const keys = [...(await depot.keys(scope))].sort();
  const entries: ListedEntry[] = [];
  for (let at = 0; at < keys.length; at += lanes) {
    const some = keys.slice(at, at + lanes).map(async (key) => {
      const kept = await depot.read(scope, key);
      if (kept === undefined) return [];
      return [{ key, signed: parseEntry(kept.text), sentMs: kept.sentMs }];
    });
    entries.push(...(await Promise.all(some)).flat());
  }
  return entries;
}
