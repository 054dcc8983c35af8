import { mkdir, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isPibuildError } from "@pibuild/core";
import { type InputEntry, type Mount, mountAll, mountOverlay } from "@pibuild/layers";
import type { Step } from "@pibuild/pigen-stages";
import { findShown } from "./find-shown.ts";
import { baseDirectory, stagesDirectory, visiblePath } from "./paths.ts";
import { bind, bindMount } from "./prepare-namespace.ts";
import type { RunContext } from "./run-context.ts";

/** Where files of the workspace are shown. */
export const filesDirectories: readonly string[] = [baseDirectory, stagesDirectory];

/**
 * Lets a step's scripts see the files of its fingerprint below BASE_DIR, and none of the others.
 * What they write there goes to `space`, and away with it. The mounts are those below
 * `filesDirectories`.
 */
export async function showFiles(
  context: Pick<RunContext, "exec" | "spec">,
  step: Step,
  entries: readonly InputEntry[],
  space: string,
): Promise<void> {
  const { exec, spec } = context;
  const { binds, links } = await findShown(spec, step, entries);
  await mountAll(exec, filesDirectories.map(emptyMount));
  const files: Mount[] = [];
  for (const [index, [at, from]] of [...binds].entries()) {
    if ((await stat(from)).isDirectory()) {
      await showDirectory(context, from, at, join(space, String(index)));
    } else {
      await mkdir(dirname(at), { recursive: true });
      await writeFile(at, "");
      files.push({ ...bindMount(from, at), options: "bind,ro" });
    }
  }
  await mountAll(exec, files);
  for (const [at, text] of links) {
    await mkdir(dirname(at), { recursive: true });
    await symlink(text, at);
  }
  await mountAll(exec, filesDirectories.map(emptyMount).map(readOnly));
}

function emptyMount(target: string): Mount {
  return { type: "tmpfs", options: "mode=755", source: "tmpfs", target };
}

function readOnly(mount: Mount): Mount {
  return { ...mount, options: "remount,ro" };
}

/** pi-gen's stage4 downloads into its own directory. The workspace has nothing of that. */
async function showDirectory(
  { exec }: Pick<RunContext, "exec">,
  from: string,
  at: string,
  space: string,
): Promise<void> {
  await mkdir(space, { recursive: true });
  // A path may have characters that separate options.
  await symlink(from, join(space, "lower"));
  try {
    const changes = { upper: "upper", scratch: "scratch" };
    await mountOverlay(exec, { cwd: space, lowers: ["lower"], target: at, changes });
  } catch (error) {
    if (!isPibuildError(error, "COMMAND_FAILED")) throw error;
    // Not every filesystem can be below an overlay.
    await bind(exec, from, at);
  }
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
