import { basename, isAbsolute, posix, relative } from "node:path";
import { slashed } from "@pibuild/core";
import type { RunSpec } from "./run-spec.ts";

const { join } = posix;

/**
 * Paths that scripts see. They are mounts in the run's own namespace, so they are the same on
 * every machine, hold no space, and two builds at once do not meet.
 */
const root = "/run/pibuild";
export const mountRoot = root;
export const workDirectory = join(root, "work");
export const baseDirectory = join(root, "base");
export const scriptDirectory = join(root, "scripts");
/** Stages from outside of BASE_DIR. */
export const stagesDirectory = join(root, "stages");
/** pi-gen's DEPLOY_DIR: what steps put there is in their layers. */
export const deployDirectory = join(root, "deploy");
/** The files from outside that the step names, see `inputs:` in image.yaml. */
export const inputsDirectory = join(root, "inputs");
/** The step's share of the package cache. */
export const archivesDirectory = join(root, "archives");

/** Nothing: the root of process 1 of a step, see scripts/process-1.pl. */
export const emptyDirectory = join(root, "empty");

/** How programs fetch, see `fetchFiles`. */
export const fetchDirectory = join(root, "fetch");

/** Where the package proxy listens besides loopback: a path leads out of a step's own network. */
export const proxySocket = join(fetchDirectory, "proxy.sock");

/** Where scripts find an input of the image. */
export function inputPath(name: string): string {
  return join(inputsDirectory, name);
}

/** STAGE_WORK_DIR of a stage. */
export function stageWorkDirectory(stage: string): string {
  return join(workDirectory, stage);
}

/** ROOTFS_DIR of a stage. */
export function rootfsDirectory(stage: string): string {
  return join(workDirectory, stage, "rootfs");
}

/**
 * Where scripts find a directory of the host: below BASE_DIR, or at a mount of its own. What a package
 * brings is no part of the workspace: where it lies there depends on who installed it.
 */
export function visiblePath(base: string, stagePath: string): { path: string; bind?: string } {
  const inside = relative(base, stagePath);
  // From one drive of Windows to another there is no relative path.
  const isInside = !/(^\.\.)|(^|[\\/])node_modules[\\/]/.test(inside) && !isAbsolute(inside);
  if (isInside) return { path: join(baseDirectory, slashed(inside)) };
  const name = basename(stagePath);
  return { path: join(stagesDirectory, name), bind: stagePath };
}

/** What scripts find at a path of theirs, where that is of the workspace or of a stage elsewhere. */
export function hostPath(
  { base, stages }: Pick<RunSpec, "base" | "stages">,
  visible: string,
): string | undefined {
  const roots = stages.flatMap(({ path: stage }) => {
    const { path, bind } = visiblePath(base, stage);
    return bind === undefined ? [] : [{ path, bind }];
  });
  const root = [{ path: baseDirectory, bind: base }, ...roots].find(
    ({ path }) => visible === path || visible.startsWith(`${path}/`),
  );
  return root && join(root.bind, visible.slice(root.path.length));
}
