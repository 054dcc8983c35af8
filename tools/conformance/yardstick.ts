import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Exec } from "@pibuild/core";
import { openImage } from "@pibuild/graph";
import { openScratch } from "@pibuild/layers";
import { type ConformanceWorkspace, imageName } from "./conformance-workspace.ts";
import { runPlain } from "./plain-run.ts";

/** How the other tree is made. */
export type Yardstick = "build.sh" | "plain copies";

export interface YardstickOptions {
  readonly yardstick: Yardstick;
  readonly stage: string;
  readonly scratch: string;
  /** Whether build.sh goes on to the finished image. */
  readonly exported: boolean;
}

/**
 * Builds the image up to the end of a stage the other way, and gives that stage's tree and the
 * seconds that it took. Must run as root in a mount namespace of its own.
 */
export async function buildYardstick(
  exec: Exec,
  workspace: ConformanceWorkspace,
  { yardstick, stage, scratch, exported }: YardstickOptions,
): Promise<{ readonly tree: string; readonly seconds: number }> {
  if (yardstick === "build.sh") {
    const until = exported ? [] : ["--target", stage];
    const seconds = await workspace.build([...until, "--runner", "upstream"]);
    const work = openScratch(workspace.store).upstream(imageName);
    return { tree: join(work, stage, "rootfs"), seconds };
  }
  const started = performance.now();
  const env = { ...process.env, PIBUILD_STORE: workspace.store };
  const open = await openImage({ workspace: workspace.path, name: imageName, env });
  const last = open.stages.findIndex(({ path }) => basename(path) === stage);
  const stages = open.stages.slice(0, last + 1);
  const steps = open.steps.filter((step) => stages.includes(step.stage));
  const work = join(scratch, "plain");
  await mkdir(work);
  const tree = await runPlain({ ...open, stages, steps }, { exec, work });
  return { tree, seconds: (performance.now() - started) / 1000 };
}
