export { type Collected, collect } from "./admin/collect.ts";
export { type Pruned, type PruneOptions, prune } from "./admin/prune.ts";
export { type ScopeFigures, scopeFigures } from "./admin/scope-figures.ts";
export type { Deposit, Depot, KeptText } from "./depot/depot.ts";
export { directoryDepot } from "./depot/directory.ts";
export { registryDepot } from "./depot/registry.ts";
export { cacheCredentials, loginVariables } from "./open/credentials.ts";
export {
  type Entry,
  type EntryBlob,
  type EntryKind,
  entryText,
  parseEntry,
  type Signature,
  type SignedEntry,
} from "./record/entry.ts";
export { type Scopes, scopesOf } from "./record/scope.ts";
export { openRemote, type RemoteOptions } from "./remote/open-remote.ts";
export type { Found, Parcel, RemoteCache, Sent } from "./remote/remote-cache.ts";
export { type CachedStoreParts, cachedStore, layerParcel } from "./store/cached-store.ts";
export { type SharedResultsParts, sharedResults } from "./task/shared-results.ts";
export { checkEntry, type Refusal, refusalWords } from "./trust/check-entry.ts";
export {
  generateKey,
  isPublicKey,
  parsePrivateKey,
  parsePublicKey,
  type Signer,
  type TrustedKey,
} from "./trust/keys.ts";
export { signEntry } from "./trust/sign.ts";
