export type { AptSource } from "./apt-source.ts";
export { formatAuthConf, parseAuthConf } from "./auth-conf.ts";
export type { Wanted } from "./candidates.ts";
export { type DebianMirrors, debianMirrors, type Prove } from "./debian-mirrors.ts";
export { hostDebianMirrors } from "./host-debian-mirrors.ts";
export { hostLogins } from "./host-logins.ts";
export { type HostMirrorsOptions, hostMirrors, hostSources } from "./host-mirrors.ts";
export { checkPackages, lendPackages, returnPackages } from "./package-cache.ts";
export { createProve, type ProveOptions } from "./prove.ts";
