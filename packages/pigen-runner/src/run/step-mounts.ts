import { mkdir, rename, rm, rmdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { mountsBelow } from "@pibuild/core";
import {
  type LayerStack,
  type Mount,
  mountAll,
  type OverlayOptions,
  overlayMount,
} from "@pibuild/layers";
import type { Step } from "@pibuild/pigen-stages";
import { helperDirectory } from "./helper-layer.ts";
import {
  archivesDirectory,
  deployDirectory,
  inputsDirectory,
  rootfsDirectory,
  stageWorkDirectory,
  workDirectory,
} from "./paths.ts";
import { bindMount } from "./prepare-namespace.ts";
import type { RunContext } from "./run-context.ts";
import { filesDirectories } from "./show-files.ts";

/** Relative to the stack's directory: all that one step writes; a filesystem of its own or not. */
export const spaceDirectory = "step";

/** In it: what one step changes. */
export const changesDirectory = `${spaceDirectory}/changes`;

const scratch = `${spaceDirectory}/scratch`;

/**
 * Mounts what a step works on: STAGE_WORK_DIR over the stage's earlier layers, and ROOTFS_DIR and
 * DEPLOY_DIR over all of them. Without layers there is no ROOTFS_DIR: `prerun.sh` bootstraps it.
 */
export async function mountStep(context: RunContext, step: Step, stack: LayerStack): Promise<void> {
  const cwd = stack.directory;
  const stage = step.stage.name;
  // A root filesystem that was given lies below the layers of steps.
  const stageStart = step.stageStart + (context.spec.root === undefined ? 0 : 1);
  await mkdir(join(cwd, "empty"), { recursive: true });
  const overlays: OverlayOptions[] = [
    {
      cwd,
      lowers: [...stack.lowers("work", stageStart), "empty"],
      target: stageWorkDirectory(stage),
      changes: { upper: `${changesDirectory}/work`, scratch: `${scratch}/work` },
    },
    {
      cwd,
      lowers: [...stack.lowers("deploy"), "empty"],
      target: deployDirectory,
      changes: { upper: `${changesDirectory}/deploy`, scratch: `${scratch}/deploy` },
    },
  ];
  if (stack.size > 0) {
    overlays.push({
      cwd,
      lowers: [...stack.lowers("rootfs"), helperDirectory],
      target: rootfsDirectory(stage),
      changes: { upper: `${changesDirectory}/rootfs`, scratch: `${scratch}/rootfs` },
    });
  }
  if (step.previous !== undefined && !step.previous.skipped && step.stageStart > 0) {
    overlays.push({
      cwd,
      lowers: [...stack.lowers("rootfs", 0, stageStart), "empty"],
      target: rootfsDirectory(step.previous.name),
    });
  }
  const mounts: Mount[] = [];
  for (const overlay of overlays) mounts.push(await overlayMount(overlay));
  // The mount point lies in STAGE_WORK_DIR, which is not mounted yet.
  if (stack.size > 0) await mkdir(join(cwd, changesDirectory, "work", "rootfs"));
  await mountAll(context.exec, mounts, cwd);
}

/** Offers the package cache to `bootstrap`, and where apt looks for it, if the tree has apt. */
export async function mountArchives(
  context: RunContext,
  step: Step,
  archives: string,
): Promise<void> {
  const target = join(rootfsDirectory(step.stage.name), "var/cache/apt/archives");
  const exists = await stat(target).then(
    () => true,
    () => false,
  );
  const targets = [archivesDirectory, ...(exists ? [target] : [])];
  await mkdir(archivesDirectory, { recursive: true });
  await mountAll(
    context.exec,
    targets.map((each) => bindMount(archives, each)),
  );
}

/** Detaches what a step worked on and saw, and what it mounted itself. */
export async function unmountStep(context: RunContext): Promise<void> {
  const mounts = [
    ...[workDirectory, deployDirectory, archivesDirectory, inputsDirectory],
    ...filesDirectories,
  ].flatMap(mountsBelow);
  if (mounts.length > 0) await context.exec.run({ program: "umount", args: mounts });
  await rm(inputsDirectory, { recursive: true, force: true });
}

/**
 * Sorts what a step changed into the trees of a layer. A bootstrapped tree was written inside
 * STAGE_WORK_DIR; after any other step only the mount point is left there. A step that left
 * DEPLOY_DIR alone has no `deploy`.
 */
export async function collectChanges(changes: string, bootstrapped: boolean): Promise<void> {
  const inWork = join(changes, "work", "rootfs");
  if (bootstrapped) {
    await rename(inWork, join(changes, "rootfs")).catch(() => undefined);
  } else {
    await rmdir(inWork);
  }
  await rmdir(join(changes, "deploy")).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOTEMPTY") throw error;
  });
}
