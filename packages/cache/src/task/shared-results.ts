import { stat } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson, partBeside, sha256, sha256File } from "@pibuild/core";
import type { ResultKey, ResultNotes, TaskResults } from "@pibuild/task-cache";
import type { RemoteCache } from "../remote/remote-cache.ts";

export interface SharedResultsParts {
  /** The results of this machine. */
  readonly local: TaskResults;
  readonly cache: RemoteCache;
  /** A directory for what is on its way. */
  readonly scratch: string;
}

/** What a record says of a task's result. */
interface TaskRecord {
  readonly version: 1;
  readonly notes: ResultNotes;
}

/** The result's only blob. */
const blobName = "result";

/**
 * Results of tasks, as Nx and Turborepo keep them, with the remote cache behind those of this machine. Only
 * the scope that this build writes to goes there; what it may read besides, the cache knows.
 */
export function sharedResults({ local, cache, scratch }: SharedResultsParts): TaskResults {
  const isShared = ({ scope }: ResultKey) => scope === cache.scopes.own;
  return {
    async find(key) {
      const here = await local.find(key);
      if (here !== undefined || !isShared(key)) return here;
      const found = await cache.find("task", keyOf(key));
      const [blob] = found?.entry.blobs ?? [];
      if (found === undefined || blob === undefined) return undefined;
      const { notes = {} } = found.entry.about as Partial<TaskRecord>;
      const file = partBeside(join(scratch, blobName));
      await cache.bring(found, blob, file, whatOf(key));
      await local.put(key, file, notes);
      return local.find(key);
    },
    async put(key, file, notes) {
      const stored = await local.put(key, file, notes);
      if (!stored || !isShared(key) || !cache.writes()) return stored;
      const about: TaskRecord = { version: 1, notes };
      const { size: bytes } = await stat(file);
      await cache.push({
        ...{ kind: "task", key: keyOf(key), what: whatOf(key), image: key.client, about },
        blobs: [{ name: blobName, digest: await sha256File(file), bytes, file }],
      });
      return stored;
    },
  };
}

/** The scope is no part of it: a record has its scope beside its key. */
function keyOf({ client, hash }: ResultKey) {
  return sha256(canonicalJson({ client, hash }));
}

function whatOf({ hash }: ResultKey): string {
  return `task ${hash}`;
}
