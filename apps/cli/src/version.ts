import { readFileSync } from "node:fs";

const manifest = new URL("../package.json", import.meta.url);

/** The version of the installed package, as its manifest says; a project that `init` begins asks for it. */
export const version: string = (
  JSON.parse(readFileSync(manifest, "utf8")) as { readonly version: string }
).version;
