import { appendFile, cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Exec } from "@pibuild/core";
import type { OpenImage } from "@pibuild/graph";
import {
  executeStep,
  mountRoot,
  rootfsDirectory,
  scriptDirectory,
  scriptsDirectory,
  workDirectory,
} from "@pibuild/pigen-runner";
import type { Step } from "@pibuild/pigen-stages";

export interface PlainRun {
  readonly exec: Exec;
  /** Where WORK_DIR really lies. */
  readonly work: string;
  /** Functions for the stages instead of ours of the same names. */
  readonly functions?: string;
  /** Called when the paths that scripts see are laid out. */
  readonly before?: () => Promise<void>;
  /** Called when a step has ended. */
  readonly after?: (step: Step) => Promise<void>;
}

/**
 * Runs an image's steps the way pi-gen does: in plain directories, with a full copy for every
 * stage, no layer and no cache. Returns the path of the last stage's tree. Must run as root in a
 * mount namespace of its own.
 */
export async function runPlain(open: OpenImage, run: PlainRun): Promise<string> {
  const { exec, work, functions = "", before, after } = run;
  const { context, steps, stages } = open;
  await mkdir(mountRoot, { recursive: true });
  await exec.run({ program: "mount", args: ["-t", "tmpfs", "tmpfs", mountRoot] });
  await cp(scriptsDirectory, scriptDirectory, { recursive: true });
  await appendFile(join(scriptDirectory, "common.sh"), functions);
  await bind(exec, context.spec.base, join(mountRoot, "base"));
  await bind(exec, work, workDirectory);
  for (const name of ["deploy", "empty"]) await mkdir(join(mountRoot, name), { recursive: true });
  await before?.();
  for (const step of steps) {
    await executeStep(context, step);
    await after?.(step);
  }
  return rootfsDirectory(stages.at(-1)?.name ?? "");
}

/** Makes a directory visible at another path. */
export async function bind(exec: Exec, from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await exec.run({ program: "mount", args: ["--bind", from, to] });
}
