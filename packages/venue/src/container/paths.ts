/** A volume of the engine's: layers, packages, and the runs. It lasts; no overlay can lie on an overlay. */
export const cacheDirectory = "/var/cache/pibuild";
export const cacheVolume = "pibuild-cache";
/** Node.js, in the image. */
export const nodeDirectory = "/opt/pibuild/node";
export const nodePath = `${nodeDirectory}/bin/node`;
/** The package of Node.js, while the image is made. */
export const archivePath = "/mnt/node.tgz";
/** Names of the images that are made here, each with a digest of what goes in for a tag. */
export const venueRepository = "pibuild-venue";
export const pigenRepository = "pibuild-pi-gen";
