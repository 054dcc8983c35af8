import { join } from "node:path";
import type { Sha256 } from "@pibuild/core";

/**
 * What lies where in the directory of a local store. A name never changes its meaning: another layout
 * takes other names, so that older and newer pibuilds share a store and neither misreads the other.
 */
export function layout(store: string) {
  const below = (...names: string[]) => join(store, ...names);
  return {
    blobs: below("blobs", "sha256"),
    records: below("records"),
    /** Two digits fan a directory out. */
    blob: (digest: Sha256) => below("blobs", "sha256", digest.slice(0, 2), digest),
    record: (fingerprint: Sha256) =>
      below("records", fingerprint.slice(0, 2), `${fingerprint}.json`),
    latest: (image: string, step: string) =>
      below("latest", image, `${step.replaceAll("/", "__")}.json`),
    kept: (key: Sha256) => below("twins", `${key}.json`),
    lock: (key: Sha256) => below("locks", key),
    download: (digest: Sha256) => below("downloads", digest),
    runs: below("runs"),
    /** Held by each run together with others, and by who takes layers away for itself. */
    inUse: below("in-use"),
    failed: (image = "") => below("failed", image),
    upstream: (image = "") => below("upstream", image),
    /** All that is remembered of layers; what is kept by a key is made once a machine, and stays. */
    layers: ["blobs", "records", "latest", "locks", "downloads"].map((name) => below(name)),
  };
}
