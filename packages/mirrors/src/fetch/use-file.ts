import type { Archive } from "../policy/archive.ts";
import type { Stored } from "../store/package-store.ts";
import { type Fetching, fetchFile, type Named } from "./fetch-file.ts";

/**
 * Does something with a named file of the store, which is fetched where it is not there. Another build may remove
 * it at any time: then it is fetched again. Throws NobodyDelivers, and what `use` throws.
 */
export async function useFile<T>(
  fetching: Fetching,
  archive: Archive,
  named: Named,
  use: (stored: Stored) => Promise<T>,
): Promise<T> {
  for (;;) {
    const stored =
      (await fetching.store.find(named.sha256)) ?? (await fetchFile(fetching, archive, named));
    try {
      return await use(stored);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
}
