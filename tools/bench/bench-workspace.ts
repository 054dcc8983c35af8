import { randomUUID } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createExec } from "@pibuild/core";
import { openImage } from "@pibuild/graph";
import { type PlannedStep, planChain, type RunContext } from "@pibuild/pigen-runner";

export const repository = fileURLToPath(new URL("../..", import.meta.url));
const nx = createRequire(import.meta.url).resolve("nx/bin/nx.js", { paths: [repository] });
const cli = join(repository, "apps", "cli", "bin", "pibuild.mjs");

/** A copy of this workspace with an empty store; downloaded packages are the user's cache. */
export interface BenchWorkspace extends AsyncDisposable {
  readonly path: string;
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  /** Builds up to the uncompressed disk. Resolves to seconds, also where the build was killed. */
  build(options?: BenchBuild): Promise<number>;
  /** Writes an image with this many steps that do next to nothing, over the default image's. */
  addManySteps(count: number): Promise<string>;
  /** How long `apt-get update` takes in a chroot of the default image's base, in seconds. */
  aptUpdate(env: Readonly<Record<string, string>>): Promise<number>;
  /** `nx run` of the disk when nothing has changed, in seconds. */
  nxNoOp(): Promise<number>;
  /** Empties the store, but for the twin, which is made once a machine. */
  forgetLayers(): Promise<void>;
  /** Drops the layers of a step and of all that follow it from the store. */
  forgetFrom(step: string): Promise<void>;
  /** Peak memory of pibuild's own largest process so far, in MiB; undefined before any build. */
  peakMemory(): Promise<number | undefined>;
}

export interface BenchBuild {
  readonly image?: string;
  readonly target?: string;
  /** Variables on top of the workspace's own. */
  readonly env?: Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
}

export async function createBenchWorkspace(): Promise<BenchWorkspace> {
  const directory = await mkdtemp("/var/tmp/pibuild-bench-");
  const path = join(directory, "workspace");
  const memory = join(directory, "memory");
  await mkdir(path);
  for (const name of [
    "apps",
    "stages",
    "nx.json",
    "package.json",
    "pnpm-lock.yaml",
    "pi-gen-pin.env",
  ]) {
    const filter = (source: string) => !source.includes("node_modules");
    await cp(join(repository, name), join(path, name), { recursive: true, filter });
  }
  await symlink(join(repository, "node_modules"), join(path, "node_modules"));
  const home = process.env.HOME ?? homedir();
  const env = {
    HOME: home,
    PIBUILD_CACHE: process.env.PIBUILD_CACHE ?? join(home, ".cache", "pibuild"),
    PIBUILD_STORE: join(directory, "store"),
    PIBUILD_BENCH_MEMORY: memory,
    NODE_OPTIONS: `--import=${join(repository, "tools", "bench", "record-memory.mjs")}`,
  };
  const planned = async () => {
    const { context, steps, describe } = await openImage({
      ...{ workspace: path, name: "debian-lite", env },
    });
    const { store } = context;
    return { store, plan: await planChain(store, "debian-lite", steps, describe) };
  };
  const workspace: BenchWorkspace = {
    path,
    directory,
    env,
    async build({ image = "debian-lite", target = "disk", onLine, signal, env: more } = {}) {
      const started = performance.now();
      await createExec(signal ? { signal } : {})
        .run({
          program: "node",
          args: [cli, "build", image, "--target", target],
          cwd: path,
          env: { ...env, ...more },
          ...(onLine ? { onLine } : {}),
        })
        .catch((error: unknown) => {
          if (!signal?.aborted) throw error;
        });
      return (performance.now() - started) / 1000;
    },
    async addManySteps(count) {
      const name = `steps-${count}`;
      const stage = join(path, "stages", name);
      for (let index = 0; index < count; index++) {
        const step = join(stage, `${String(index).padStart(3, "0")}-step`);
        await mkdir(step, { recursive: true });
        const script = `#!/bin/bash\necho ${index} >"\${ROOTFS_DIR}/step-${index}"\n`;
        await writeFile(join(step, "00-run.sh"), script, { mode: 0o755 });
      }
      await mkdir(join(path, "apps", name));
      await writeFile(
        join(path, "apps", name, "image.yaml"),
        `stages: [stages/debian-base, stages/${name}]\nexport: stages/export\n`,
      );
      return name;
    },
    async aptUpdate(more) {
      const stage = join(path, "stages", "apt-update");
      await mkdir(join(stage, "00-update"), { recursive: true });
      await mkdir(join(path, "apps", "apt-update"), { recursive: true });
      await writeFile(
        join(path, "apps", "apt-update", "image.yaml"),
        "stages: [stages/debian-base, stages/apt-update]\nexport: stages/export\n",
      );
      const script = `#!/bin/bash -e
# ${randomUUID()}
on_chroot <<<"true"
started="$(date +%s%N)"
on_chroot <<<"apt-get update"
echo "took $(($(date +%s%N) - started))"
`;
      await writeFile(join(stage, "00-update", "00-run.sh"), script, { mode: 0o755 });
      await workspace.build({ image: "apt-update", target: "apt-update", env: more });
      const log = join(path, ".pibuild/logs/apt-update/apt-update--00-update.log");
      const took = /^took (\d+)$/m.exec(await readFile(log, "utf8"))?.[1];
      return Number(took) / 1e9;
    },
    async nxNoOp() {
      const started = performance.now();
      await createExec().run({
        program: "node",
        args: [nx, "run", "debian-lite:disk"],
        cwd: path,
        env: { ...env, NX_DAEMON: "false", NX_TUI: "false", NX_ISOLATE_PLUGINS: "false" },
      });
      return (performance.now() - started) / 1000;
    },
    async forgetLayers() {
      const { store, plan } = await planned();
      await forget(store, plan);
    },
    async forgetFrom(step) {
      const { store, plan } = await planned();
      await forget(store, plan.slice(plan.findIndex((each) => each.step.id === step)));
    },
    async peakMemory() {
      const lines = (await readFile(memory, "utf8").catch(() => "")).trim().split("\n");
      // Nx is a program that pibuild starts, not pibuild itself.
      const own = lines.filter((line) => line.includes("pibuild"));
      const kibibytes = own.map((line) => Number.parseInt(line, 10));
      return own.length === 0 ? undefined : Math.round(Math.max(...kibibytes) / 1024);
    },
    async [Symbol.asyncDispose]() {
      await rm(directory, { recursive: true, force: true });
    },
  };
  return workspace;
}

/** Drops the layers of these steps, so that they run again. */
async function forget(store: RunContext["store"], plan: readonly PlannedStep[]): Promise<void> {
  const layers = plan.flatMap(({ record }) => record?.layer ?? []);
  // Steps may share a layer.
  const paths = new Set(await Promise.all(layers.map((layer) => store.fetch(layer))));
  for (const path of paths) await rm(path);
}
