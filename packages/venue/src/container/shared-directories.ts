import { existsSync } from "node:fs";
import { mkdir, realpath } from "node:fs/promises";
import { dirname, resolve, sep } from "node:path";
import { type Image, loadCacheConfig } from "@pibuild/config";
import { bindSource, insidePath } from "./inside-path.ts";
import { secretFileVariables } from "./passed-variables.ts";
import type { Mount } from "./run-arguments.ts";

/**
 * What of this machine a container sees, each at its `insidePath`: the workspace, and read-only what
 * lies elsewhere: pibuild itself, stages, PIGEN_DIR, inputs, and files that settings name. Results are
 * written in the workspace, in OUTPUT_DIR, and in a cache's directory that is written to.
 */
export async function sharedDirectories(
  { workspace, image, env }: { workspace: string; image: Image; env: NodeJS.ProcessEnv },
  program: string = process.argv[1] ?? "",
): Promise<Mount[]> {
  const code = [
    program,
    resolve(workspace, "node_modules", "nx"),
    resolve(workspace, "node_modules", "@pibuild"),
  ];
  const installed = await Promise.all(
    code.filter((path) => existsSync(path)).map(async (path) => installRoot(await realpath(path))),
  );
  const stages = [...image.stages, ...image.exportStages].map(({ path }) => path);
  const named = secretFileVariables.map((name) => env[name] ?? "").filter((path) => path !== "");
  const inputs = image.inputs.map(({ path }) => path);
  const files = [
    ...image.settingFiles,
    ...inputs,
    ...named.map((path) => resolve(workspace, path)),
  ];
  const upstream = env.PIGEN_DIR ? [resolve(workspace, env.PIGEN_DIR)] : [];
  const cache = await cachePaths(workspace, env);
  const others = [...installed, ...upstream, ...stages, ...files, ...cache.read];
  const real = await Promise.all(stages.map((path) => realpath(path)));
  const { outputDirectory: output } = image;
  // The engines bind what exists, and it is to belong to who calls.
  if (output !== undefined) await mkdir(output, { recursive: true });
  return [
    bind(workspace),
    ...outermost([...(output === undefined ? [] : [output]), ...cache.written], workspace).map(
      bind,
    ),
    ...outermost([...others, ...real], workspace).map(
      (path): Mount => ({ ...bind(path), readonly: true }),
    ),
  ];
}

/** What a remote cache has on this machine: its directory, and the key that signs. */
async function cachePaths(workspace: string, env: NodeJS.ProcessEnv) {
  const { place, sign, write = false } = (await loadCacheConfig(workspace, env)) ?? {};
  const directory = place?.kind === "directory" ? [place.path] : [];
  // A cache that is out of reach ends no build.
  if (write)
    for (const path of directory) await mkdir(path, { recursive: true }).catch(() => undefined);
  const key = sign !== undefined && "file" in sign ? [sign.file] : [];
  // Where nothing is, nothing can be bound; inside it is not found, either.
  const read = [...(write ? [] : directory), ...key].filter((path) => existsSync(path));
  return { written: write ? directory.filter((path) => existsSync(path)) : [], read };
}

function bind(path: string): Mount {
  return { type: "bind", source: bindSource(path), target: insidePath(path) };
}

/**
 * The directory that holds a program with all that it imports: the outermost `node_modules` that
 * it lies in, else (in a checkout) the outermost directory above it that has one.
 */
export function installRoot(path: string, has: (path: string) => boolean = existsSync): string {
  const parts = path.split(sep);
  const inside = parts.indexOf("node_modules");
  if (inside !== -1) return parts.slice(0, inside + 1).join(sep);
  for (let length = 2; length < parts.length; length++) {
    const directory = parts.slice(0, length).join(sep);
    if (has(resolve(directory, "node_modules"))) return directory;
  }
  return dirname(path);
}

/** Of some paths those that are in no other, nor in the workspace; each once. */
export function outermost(paths: readonly string[], workspace: string): string[] {
  const isIn = (path: string, other: string) => path === other || path.startsWith(`${other}${sep}`);
  const unique = [...new Set(paths)].filter((path) => !isIn(path, workspace));
  return unique.filter((path) => !unique.some((other) => other !== path && isIn(path, other)));
}
