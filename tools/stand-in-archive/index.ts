/** What other tools, and proofs, take of the stand-in for Raspberry Pi's archive. */
export { lendDirectory } from "./lend.ts";
export { sourcesVariable } from "./public-sources.ts";
export { type PackageSource, raspberryArchive } from "./raspberry-archive.ts";
export { type Served, serveDirectory } from "./serve-directory.ts";
