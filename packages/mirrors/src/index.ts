export type { AptSource } from "./apt-source.ts";
export { formatAuthConf, parseAuthConf } from "./auth-conf.ts";
export type { Wanted } from "./candidates.ts";
export { type DebianMirrors, debianMirrors, type Prove } from "./debian-mirrors.ts";
export { describeFault, type Fault, type FaultKind } from "./fetch/fault.ts";
export { NobodyDelivers } from "./fetch/fetch-file.ts";
export type { FaultReport } from "./fetch/health.ts";
export { hostDebianMirrors } from "./host-debian-mirrors.ts";
export { hostLogins } from "./host-logins.ts";
export { type HostMirrorsOptions, hostMirrors, hostSources } from "./host-mirrors.ts";
export { type CollectOptions, collectFiles } from "./lock/collect-files.ts";
export { diffLocks, type LockChange } from "./lock/diff-locks.ts";
export { type LaterSource, laterPreferences, laterSources } from "./lock/later-sources.ts";
export { formatLock, parseLock } from "./lock/lock-text.ts";
export type { LockFetching } from "./lock/open-fetching.ts";
export { TreeReader } from "./lock/read-tree.ts";
export { updateLock } from "./lock/update-lock.ts";
export { checkPackages, lendPackages, returnPackages } from "./package-cache.ts";
export type { Archive } from "./policy/archive.ts";
export { generationOf, laterArchives } from "./policy/later-archive.ts";
export { defaultLimits, type Limits } from "./policy/limits.ts";
export type { Lock, LockedPackage, LockedRelease } from "./policy/lock.ts";
export { type MirrorState, type ProbeOptions, probeMirrors } from "./probe/probe-mirrors.ts";
export { createProve, type ProveOptions } from "./prove.ts";
export { aptPastProxyLines, aptProxyLines } from "./proxy/apt-conf.ts";
export { httpsMethod, httpsMethodLine } from "./proxy/https-method.ts";
export {
  type PackageProxy,
  type PackageSource,
  type ProxyOptions,
  startProxy,
} from "./proxy/start-proxy.ts";
export { type RenderedFile, renderFragments } from "./render/fragments.ts";
export { PackageStore } from "./store/package-store.ts";
