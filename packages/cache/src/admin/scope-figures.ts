import type { Depot } from "../depot/depot.ts";
import { entryText } from "../record/entry.ts";
import { checkEntry } from "../trust/check-entry.ts";
import type { TrustedKey } from "../trust/keys.ts";
import { listEntries } from "./list-entries.ts";

/** What a scope holds. */
export interface ScopeFigures {
  readonly scope: string;
  readonly layers: number;
  readonly results: number;
  /** What Nx or Turborepo keeps of tasks. */
  readonly tasks: number;
  /** Records that this workspace does not believe. */
  readonly refused: number;
  /** Of what the records name, each blob once. */
  readonly bytes: number;
}

/** Counts what a scope holds. Throws what the cache ends with. */
export async function scopeFigures(
  depot: Depot,
  scope: string,
  trusted: readonly TrustedKey[],
): Promise<ScopeFigures> {
  const blobs = new Map<string, number>();
  const counts = { layer: 0, result: 0, task: 0, refused: 0 };
  for (const { key, signed } of await listEntries(depot, scope)) {
    const kind = signed?.entry.kind ?? "layer";
    const checked = signed && checkEntry(entryText(signed), { key, kind, scope }, trusted);
    if (checked === undefined || "refusal" in checked) counts.refused += 1;
    else counts[kind] += 1;
    for (const { digest, bytes } of signed?.entry.blobs ?? []) blobs.set(digest, bytes);
  }
  const bytes = [...blobs.values()].reduce((all, each) => all + each, 0);
  const { layer: layers, result: results, task: tasks, refused } = counts;
  return { scope, layers, results, tasks, refused, bytes };
}
