import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createExec } from "@pibuild/core";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const cli = join(repository, "apps/cli/bin/pibuild.mjs");

/** The name of the one image of the workspace. */
export const imageName = "conformance";

export interface ConformanceWorkspace {
  readonly path: string;
  readonly store: string;
  /** Runs `pibuild build` with these arguments; resolves to seconds. */
  build(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<number>;
  /** Writes the image's mirrors as stages for pi-gen into a new directory. */
  renderMirrors(directory: string, env: Readonly<Record<string, string>>): Promise<void>;
  /** How long a phase of the last build took, in seconds; 0 where it had none. */
  phaseSeconds(name: RegExp): Promise<number>;
}

export interface WorkspaceOptions {
  readonly directory: string;
  /** The text of the image's image.yaml. */
  readonly yaml: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
}

/** A workspace with an empty store, and this repository's pibuild. */
export async function createWorkspace(options: WorkspaceOptions): Promise<ConformanceWorkspace> {
  const { directory, yaml, env, onLine } = options;
  const path = join(directory, "workspace");
  const store = join(directory, "store");
  const app = join(path, "apps", imageName);
  await mkdir(app, { recursive: true });
  await mkdir(join(path, "node_modules"));
  for (const name of ["nx", "@pibuild", ".bin"]) {
    await symlink(join(repository, "node_modules", name), join(path, "node_modules", name));
  }
  await symlink(join(repository, "stages"), join(path, "stages"));
  await cp(join(import.meta.dirname, "contract"), join(path, "contract"), { recursive: true });
  const nx = { analytics: false, neverConnectToCloud: true, plugins: ["@pibuild/nx/plugin"] };
  await writeFile(join(path, "nx.json"), JSON.stringify(nx));
  await writeFile(join(path, "package.json"), "{}");
  await writeFile(join(app, "image.yaml"), yaml);
  const pibuild = (args: readonly string[], more: Readonly<Record<string, string>>) =>
    createExec().run({
      program: "node",
      args: [cli, ...args],
      cwd: path,
      env: { ...env, PIBUILD_STORE: store, ...more },
      onLine,
    });
  return {
    path,
    store,
    async build(args, more = {}) {
      const { durationMs } = await pibuild(["build", imageName, ...args], more);
      return durationMs / 1000;
    },
    async renderMirrors(directory, more) {
      await pibuild(["mirrors", "render", imageName, "--output", directory], more);
    },
    async phaseSeconds(name) {
      const log = join(path, ".pibuild/logs", imageName, "events.ndjson");
      const events = (await readFile(log, "utf8")).trim().split("\n");
      return events
        .map((line) => JSON.parse(line))
        .filter(({ type, phase }) => type === "phase-finished" && name.test(phase))
        .reduce((sum, { durationMs }) => sum + durationMs / 1000, 0);
    },
  };
}
