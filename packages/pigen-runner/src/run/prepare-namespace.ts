import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Exec } from "@pibuild/core";
import { type Mount, mountAll } from "@pibuild/layers";
import { scriptsDirectory } from "../scripts.ts";
import { writeFetchFiles } from "./fetch-files.ts";
import {
  baseDirectory,
  deployDirectory,
  emptyDirectory,
  fetchDirectory,
  mountRoot,
  scriptDirectory,
  stagesDirectory,
  workDirectory,
} from "./paths.ts";
import type { RunSpec } from "./run-spec.ts";

/**
 * Lays out the paths that scripts see; what lies in BASE_DIR is up to each step. Must run in a mount namespace of its own: everything
 * mounted here, and by the steps, goes away with it, however the process ends.
 */
export async function prepareNamespace(
  exec: Exec,
  { piGen, logins, variables }: Pick<RunSpec, "piGen" | "logins" | "variables">,
): Promise<void> {
  await mkdir(mountRoot, { recursive: true });
  await exec.run({ program: "mount", args: ["-t", "tmpfs", "-o", "mode=755", "tmpfs", mountRoot] });
  await mkdir(baseDirectory);
  await mkdir(stagesDirectory);
  // Copied: bash reads a script while it runs it, and the files may change meanwhile.
  await cp(scriptsDirectory, scriptDirectory, { recursive: true });
  if (piGen !== undefined) await cp(join(piGen, "scripts"), scriptDirectory, { recursive: true });
  await mkdir(workDirectory, { recursive: true });
  await mkdir(deployDirectory, { recursive: true });
  await mkdir(emptyDirectory, { mode: 0o555 });
  await writeFetchFiles(fetchDirectory, { logins, variables });
}

/** Makes a directory of the host visible at another path. */
export async function bind(exec: Exec, from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await mountAll(exec, [bindMount(from, to)]);
}

/** What makes a directory or a file of the host visible at another path, which is there. */
export function bindMount(from: string, to: string): Mount {
  return { type: "none", options: "bind", source: from, target: to };
}
