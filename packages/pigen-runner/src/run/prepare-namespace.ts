import { mkdir } from "node:fs/promises";
import type { Exec } from "@pibuild/core";
import { scriptsDirectory } from "../scripts.ts";
import { baseDirectory, mountRoot, scriptDirectory, workDirectory } from "./paths.ts";

/**
 * Lays out the paths that scripts see. Must run in a mount namespace of its own: everything
 * mounted here, and by the steps, goes away with it, however the process ends.
 */
export async function prepareNamespace(exec: Exec, workspace: string): Promise<void> {
  await mkdir(mountRoot, { recursive: true });
  await exec.run({ program: "mount", args: ["-t", "tmpfs", "-o", "mode=755", "tmpfs", mountRoot] });
  await bind(exec, workspace, baseDirectory);
  await bind(exec, scriptsDirectory, scriptDirectory);
  await mkdir(workDirectory, { recursive: true });
}

/** Makes a directory of the host visible at another path. */
export async function bind(exec: Exec, from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await exec.run({ program: "mount", args: ["--bind", from, to] });
}
