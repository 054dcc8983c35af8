import { cp, mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createExec } from "@pibuild/core";
import { openImage, planChain } from "@pibuild/pigen-runner";

export const repository = fileURLToPath(new URL("../..", import.meta.url));
const cli = join(repository, "apps", "cli", "bin", "pibuild.mjs");

/** A copy of this workspace with an empty store; downloaded packages are the user's cache. */
export interface BenchWorkspace extends AsyncDisposable {
  readonly path: string;
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  /** Builds up to the uncompressed disk. Resolves to seconds, also where the build was killed. */
  build(onLine?: (line: string) => void, signal?: AbortSignal): Promise<number>;
  /** Drops the layers of a step and of all that follow it from the store. */
  forgetFrom(step: string): Promise<void>;
  /** Peak memory of pibuild's own largest process so far, in MiB. */
  peakMemory(): Promise<number>;
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
  return {
    path,
    directory,
    env,
    async build(onLine = () => {}, signal) {
      const started = performance.now();
      await createExec(signal ? { signal } : {})
        .run({
          program: "node",
          args: [cli, "build", "debian-lite", "--target", "disk"],
          cwd: path,
          env,
          onLine,
        })
        .catch((error: unknown) => {
          if (!signal?.aborted) throw error;
        });
      return (performance.now() - started) / 1000;
    },
    async forgetFrom(step) {
      const open = await openImage({ workspace: path, name: "debian-lite", env });
      const plan = await planChain(open.context.store, "debian-lite", open.steps, open.describe);
      const first = plan.findIndex((planned) => planned.step.id === step);
      for (const { record } of plan.slice(first)) {
        if (record !== undefined)
          await rm(open.context.store.blobPath(record.layer), { force: true });
      }
    },
    async peakMemory() {
      const lines = (await readFile(memory, "utf8")).trim().split("\n");
      // Nx is a program that pibuild starts, not pibuild itself.
      const own = lines.filter((line) => line.includes("pibuild"));
      return Math.max(...own.map((line) => Number.parseInt(line, 10))) / 1024;
    },
    async [Symbol.asyncDispose]() {
      await rm(directory, { recursive: true, force: true });
    },
  };
}
