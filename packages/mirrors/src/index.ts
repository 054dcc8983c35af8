export type { AptSource } from "./apt-source.ts";
export { type DebianMirrors, debianMirrors } from "./debian-mirrors.ts";
export { type HostMirrorsOptions, hostMirrors } from "./host-mirrors.ts";
export { checkPackages, lendPackages, returnPackages } from "./package-cache.ts";
