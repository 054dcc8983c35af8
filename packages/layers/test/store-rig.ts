import type { Sha256 } from "@pibuild/core";
import type { Store } from "../src/index.ts";

/** What befalls a store from outside. Each kind of store says how that looks in it. */
export interface StoreRig extends AsyncDisposable {
  readonly store: Store;
  /** A directory for files that are to be put. */
  readonly directory: string;
  /** The same store as another process opens it. */
  again(): Store;
  /** Makes the content of a layer, or of what was kept, another one; undefined: it is gone. */
  setContent(digest: Sha256, content: string | undefined): Promise<void>;
  /** What the store holds of a layer now. */
  content(digest: Sha256): Promise<string | undefined>;
  /** Makes the record of a fingerprint another text. */
  setRecord(fingerprint: Sha256, text: string): Promise<void>;
  setLatest(image: string, step: string, text: string): Promise<void>;
  /** Makes what the store notes of a key another text, in the form of `{"digest":…}`. */
  setKept(key: Sha256, text: string): Promise<void>;
  /** Lets what was kept under a key be so much older. */
  age(key: Sha256, ms: number): Promise<void>;
  /** From now on the store may only be read. */
  forbidWriting(): Promise<void>;
}
