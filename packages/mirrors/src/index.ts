export type { AptSource } from "./apt-source.ts";
export { formatAuthConf, parseAuthConf } from "./auth-conf.ts";
export { type DebianMirrors, debianMirrors } from "./debian-mirrors.ts";
export { hostLogins } from "./host-logins.ts";
export { type HostMirrorsOptions, hostMirrors } from "./host-mirrors.ts";
export { lendPackages, returnPackages } from "./package-cache.ts";
