import type { Sha256 } from "@pibuild/core";
import type { Depot } from "../depot/depot.ts";
import { listEntries } from "./list-entries.ts";

export interface Collected {
  /** Records that nobody could use: damaged, or without one of their blobs. */
  readonly removed: number;
  readonly kept: number;
  /** Bytes of blobs that no record named; undefined where the registry frees them by itself. */
  readonly freedBytes: number | undefined;
}

/** A push sends its blobs before its record: younger ones may belong to one that is coming. */
const youngMs = 60 * 60 * 1000;

/**
 * Removes what is of no use in a scope: records without their blobs, then blobs without a record. What a
 * kept record names is never removed. `youngMs` spares blobs that are younger, an hour by default.
 */
export async function collect(
  depot: Depot,
  scope: string,
  options: { readonly youngMs?: number } = {},
): Promise<Collected> {
  const named = new Set<Sha256>();
  let [removed, kept] = [0, 0];
  for (const { key, signed } of await listEntries(depot, scope)) {
    const blobs = signed?.entry.blobs;
    const there =
      blobs !== undefined &&
      (await Promise.all(blobs.map((blob) => depot.has(scope, blob)))).every(Boolean);
    if (there) {
      for (const { digest } of blobs) named.add(digest);
      kept += 1;
    } else {
      await depot.drop(scope, key);
      removed += 1;
    }
  }
  // Records that came meanwhile name young blobs, or such as were there.
  for (const { signed } of await listEntries(depot, scope))
    for (const { digest } of signed?.entry.blobs ?? []) named.add(digest);
  return { removed, kept, freedBytes: await depot.sweep(scope, named, options.youngMs ?? youngMs) };
}
