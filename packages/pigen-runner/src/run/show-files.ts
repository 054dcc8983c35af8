import { mkdir, stat, symlink, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { InputEntry } from "@pibuild/layers";
import type { Step } from "@pibuild/pigen-stages";
import { findShown } from "./find-shown.ts";
import { baseDirectory, stagesDirectory, visiblePath } from "./paths.ts";
import { bind } from "./prepare-namespace.ts";
import type { RunContext } from "./run-context.ts";

/**
 * Lets a step's scripts see, read-only, the files of its fingerprint below BASE_DIR, and none of the
 * others. The mounts are those below `filesDirectories`.
 */
export async function showFiles(
  { exec, spec }: Pick<RunContext, "exec" | "spec">,
  step: Step,
  entries: readonly InputEntry[],
): Promise<void> {
  const { binds, links } = await findShown(spec, step, entries);
  const mount = (...args: readonly string[]) => exec.run({ program: "mount", args });
  for (const directory of filesDirectories) {
    await mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", directory);
  }
  for (const [at, from] of binds) {
    if ((await stat(from)).isDirectory()) await mkdir(at, { recursive: true });
    else {
      await mkdir(dirname(at), { recursive: true });
      await writeFile(at, "");
    }
    await mount("-o", "bind,ro", from, at);
  }
  for (const [at, text] of links) {
    await mkdir(dirname(at), { recursive: true });
    await symlink(text, at);
  }
  for (const directory of filesDirectories) await mount("-o", "remount,ro", directory);
}

/** Lets a step that reads beyond its stage see the whole workspace, and stages from outside. */
export async function showWorkspace({
  exec,
  spec: { base, stages },
}: Pick<RunContext, "exec" | "spec">): Promise<void> {
  await bind(exec, base, baseDirectory);
  for (const stage of stages) {
    const { path, bind: from } = visiblePath(base, stage.path);
    if (from !== undefined) await bind(exec, from, path);
  }
}

/** Where files of the workspace are shown. */
export const filesDirectories: readonly string[] = [baseDirectory, stagesDirectory];
