import manifest from "../package.json" with { type: "json" };

/** The version of this package, which is pibuild's. */
export const { version } = manifest;
