import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  baseDirectory,
  deployDirectory,
  fetchDirectory,
  mountRoot,
  visiblePath,
  workDirectory,
} from "../run/paths.ts";
import { bind } from "../run/prepare-namespace.ts";
import type { RunContext } from "../run/run-context.ts";

/** Where build.sh lies, its BASE_DIR: it refuses a path with a space, and this has none. */
export const piGenDirectory = join(mountRoot, "pi-gen");
/** Its `-c` file. build.sh sources a file `config` in its working directory as well, so not that name. */
export const configFile = join(mountRoot, "upstream.config");
/** An EXPORT_CONFIG_DIR with nothing to run: build.sh then exports no image. */
export const noExportDirectory = join(mountRoot, "no-export");

export interface Places {
  readonly piGen: string;
  /** Where WORK_DIR really lies. */
  readonly work: string;
  /** Where DEPLOY_DIR really lies. */
  readonly deploy: string;
  readonly stagePaths: readonly string[];
}

/**
 * Lays out what build.sh sees, at the paths that layered steps see too. Must run in a mount namespace of
 * its own.
 */
export async function prepareUpstream(
  { exec, spec }: RunContext,
  { piGen, work, deploy, stagePaths }: Places,
): Promise<void> {
  await mkdir(mountRoot, { recursive: true });
  await exec.run({ program: "mount", args: ["-t", "tmpfs", "-o", "mode=755", "tmpfs", mountRoot] });
  await bind(exec, spec.base, baseDirectory);
  await bind(exec, piGen, piGenDirectory);
  for (const stage of stagePaths) {
    const { path, bind: from } = visiblePath(spec.base, stage);
    if (from !== undefined) await bind(exec, from, path);
  }
  for (const [from, to] of [
    [work, workDirectory],
    [deploy, deployDirectory],
  ] as const) {
    await mkdir(from, { recursive: true });
    await bind(exec, from, to);
  }
  await mkdir(noExportDirectory);
  await mkdir(fetchDirectory, { mode: 0o700 });
}

/** Writes the config, with functions of bash after the variables. */
export async function writeConfig(
  variables: Readonly<Record<string, string>>,
  functions = "",
): Promise<void> {
  // It holds the passwords of the image.
  await writeFile(configFile, configText(variables) + functions, { mode: 0o600 });
}

/**
 * The text of a `config` that pi-gen's build.sh sources. Every variable is exported: build.sh
 * exports those that it knows, and stages of one's own see the others, too.
 */
export function configText(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'\n`)
    .join("");
}
