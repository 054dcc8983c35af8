import { type Emit, isPibuildError, PibuildError, type Sha256, silent } from "@pibuild/core";
import type { Depot } from "../depot/depot.ts";
import { type Entry, entryText } from "../record/entry.ts";
import type { Scopes } from "../record/scope.ts";
import { checkEntry, refusalWords } from "../trust/check-entry.ts";
import type { Signer, TrustedKey } from "../trust/keys.ts";
import { signEntry } from "../trust/sign.ts";
import { version } from "../version.ts";
import { createHealth } from "./health.ts";
import type { Found, Parcel, RemoteCache, Sent } from "./remote-cache.ts";

export interface RemoteOptions {
  readonly depot: Depot;
  readonly scopes: Scopes;
  readonly read: boolean;
  readonly write: boolean;
  /** Signs what is sent. */
  readonly signer?: Signer | undefined;
  /** Only records of these are believed; with none, all are. */
  readonly trusted: readonly TrustedKey[];
  readonly emit?: Emit;
}

/** How many things are sent side by side. */
const lanes = 2;

/** Opens a cache. Asks nothing yet. */
export function openRemote(options: RemoteOptions): RemoteCache {
  const { depot, scopes, signer, trusted, emit = silent } = options;
  const health = createHealth({ ...options, place: depot.name, emit });
  const found = new Map<string, Found>();
  /** What the cache promised and does not give. */
  const lost = new Set<Sha256>();
  const refused = new Set<string>();

  const look = async (kind: Entry["kind"], key: Sha256, places: readonly string[]) => {
    for (const scope of places) {
      const kept = await depot.read(scope, key);
      if (kept === undefined) continue;
      const checked = checkEntry(kept.text, { kind, key, scope }, trusted);
      if ("signed" in checked) {
        const { entry } = checked.signed;
        if (entry.blobs.every(({ digest }) => !lost.has(digest))) return { entry };
        continue;
      }
      const name = `${scope}/${key}`;
      if (!refused.has(name))
        emit({ type: "cache-refused", name, reason: refusalWords[checked.refusal] });
      refused.add(name);
    }
    return undefined;
  };

  const deliver = async (parcel: Parcel): Promise<Sent> => {
    if (!health.may("write")) return "off";
    const { kind, key, what, image, about, blobs } = parcel;
    const { own: scope, reads } = scopes;
    try {
      const places = health.may("read") ? reads : [scope];
      if ((await look(kind, key, places)) !== undefined) return "there";
      let bytes = 0;
      for (const { file, ...blob } of blobs) {
        const from = reads.find((each) => each !== scope);
        bytes += await depot.send(scope, blob, file, from);
      }
      const named = blobs.map(({ name, digest, bytes: size }) => ({ name, digest, bytes: size }));
      const entry: Entry = { version: 1, kind, scope, key, blobs: named, about };
      const text = entryText(signEntry(entry, signer));
      const labels = {
        "org.opencontainers.image.title": `${image} ${what}`,
        "org.pibuild.image": image,
        "org.pibuild.step": what,
        "org.pibuild.version": version,
      };
      await depot.write({ scope, key, text, blobs: named, labels });
      if (isNews(kind)) emit({ type: "cache-sent", what, bytes });
      return "sent";
    } catch (error) {
      if (isInterruption(error)) return "off";
      health.failed("write", error);
      return "failed";
    }
  };

  const queue = Array.from({ length: lanes }, () => Promise.resolve() as Promise<unknown>);
  let next = 0;
  return {
    depot,
    scopes,
    trusted,
    signer,
    async find(kind, key) {
      const known = found.get(`${kind} ${key}`);
      if (known !== undefined) return known;
      if (!health.may("read")) return undefined;
      try {
        const answer = await look(kind, key, scopes.reads);
        if (answer !== undefined) found.set(`${kind} ${key}`, answer);
        return answer;
      } catch (error) {
        if (isInterruption(error)) throw error;
        health.failed("read", error);
        return undefined;
      }
    },
    async bring({ entry }, blob, file, what) {
      const { kind, key, scope } = entry;
      const lose = (reason: string) => {
        lost.add(blob.digest);
        found.delete(`${kind} ${key}`);
        return new PibuildError("LAYER_LOST", { digest: blob.digest, reason });
      };
      if (!health.may("read")) throw lose("it failed before");
      try {
        const bytes = await depot.bring(scope, blob, file);
        if (isNews(kind)) emit({ type: "cache-brought", what, bytes });
      } catch (error) {
        const { code = "", message } = error as NodeJS.ErrnoException;
        if (isInterruption(error) || ["ENOSPC", "EROFS", "EACCES"].includes(code)) throw error;
        // One blob that is wrong or gone says nothing of the others.
        if (
          isPibuildError(error, "REGISTRY_UNREACHABLE") ||
          isPibuildError(error, "REGISTRY_DENIED")
        )
          health.failed("read", error);
        else emit({ type: "cache-refused", name: `${scope}/${key}`, reason: message });
        throw lose(message);
      }
    },
    reads: () => health.may("read"),
    writes: () => health.may("write"),
    push(parcel) {
      const lane = next++ % lanes;
      const sent = (queue[lane] as Promise<unknown>).then(() => deliver(parcel));
      queue[lane] = sent;
      return sent;
    },
    async settle() {
      await Promise.all(queue);
    },
  };
}

function isInterruption(error: unknown): boolean {
  return isPibuildError(error, "INTERRUPTED") || (error as Error).name === "AbortError";
}

/** What a task runner keeps is small, and says nothing that a layer or a result does not say. */
function isNews(kind: Entry["kind"]): boolean {
  return kind !== "task";
}
