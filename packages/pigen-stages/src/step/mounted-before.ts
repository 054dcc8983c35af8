import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SubStage } from "../stage/stage.ts";
import type { Step } from "./step.ts";

const entersImage = /\bon_chroot\b/;

/**
 * Whether an earlier step of the stage ran something in the image, by what its files say. pi-gen's
 * `on_chroot` mounts, and the mounts stay until the end of the stage (pi-gen, run_stage in build.sh): a
 * script of a later sub-stage that writes to `$ROOTFS_DIR/tmp` writes into the mount.
 */
export async function isMountedBefore({ stage, directory }: Step): Promise<boolean> {
  if (directory === stage.path) return false;
  const index = stage.subStages.findIndex(({ path }) => path === directory);
  const earlier = stage.subStages.slice(0, index).filter(({ skipped }) => !skipped);
  if (stage.prerun && entersImage.test(await readText(join(stage.path, "prerun.sh")))) return true;
  for (const subStage of earlier) if (await entersChroot(subStage)) return true;
  return false;
}

async function entersChroot({ path, actions }: SubStage): Promise<boolean> {
  for (const { kind, name } of actions) {
    if (kind === "debconf" || kind === "run-chroot") return true;
    const text = kind === "patches" ? "" : await readText(join(path, name));
    if (kind === "run" ? entersImage.test(text) : namesPackage.test(text)) return true;
  }
  return false;
}

/** A list of nothing but comments installs nothing. */
const namesPackage = /^\s*[^\s#]/m;

/** A script may be a program, and what is not text names no function. */
async function readText(file: string): Promise<string> {
  return readFile(file, "latin1");
}
