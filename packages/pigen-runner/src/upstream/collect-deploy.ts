import { readdir, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Artifact, checksumFiles } from "@pibuild/artifacts";
import { PibuildError } from "@pibuild/core";

/** What pi-gen's export-image deploys, by DEPLOY_COMPRESSION. */
const image = /\.(?:img|img\.gz|img\.xz|zip)$/;

/**
 * Gives what build.sh deployed, with a checksum beside each file, its final name. What an earlier
 * run made stays until then. Both directories are on one filesystem. Throws VERIFY_FAILED where
 * there is no image.
 */
export async function collectDeploy(deploy: string, output: string): Promise<Artifact[]> {
  if (!(await readdir(deploy)).some((name) => image.test(name))) {
    throw new PibuildError("VERIFY_FAILED", {
      what: "build.sh ended well and deployed no image",
      detail: "no stage has EXPORT_IMAGE, or those that have it have SKIP_IMAGES, too",
    });
  }
  const artifacts = await checksumFiles(deploy);
  const old = `${output}.old`;
  await rm(old, { recursive: true, force: true });
  await rename(output, old).catch(ignoreMissing);
  await rename(deploy, output);
  await rm(old, { recursive: true, force: true });
  return artifacts.map((file) => ({ ...file, path: join(output, basename(file.path)) }));
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
