import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createExec, isPibuildError, type ProgramName, removeTree } from "@pibuild/core";

export const repository = fileURLToPath(new URL("../..", import.meta.url));

/** A copy of this workspace with a store of its own, or a common one; downloaded packages are the user's cache. */
export interface ImageRig extends AsyncDisposable {
  readonly path: string;
  readonly store: string;
  /** Replaces text in a file of the copy; throws where the text is not there. */
  edit(file: string, before: string | RegExp, after: string): Promise<void>;
  /** Runs the command line, `through` another program; throws where it fails. */
  pibuild(
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
    through?: readonly [ProgramName, ...string[]],
  ): Promise<string>;
}

/** What `pibuild build --json` prints. */
export interface BuildSummary {
  readonly fresh: boolean;
  readonly durationMs: number;
  readonly steps: readonly { readonly step: string; readonly outcome: string }[];
  readonly artifacts: readonly { readonly path: string; readonly sha256: string }[];
}

/** The user's cache of packages, twins and tools. */
const home = process.env.HOME ?? "/root";
const cache = process.env.PIBUILD_CACHE ?? join(home, ".cache", "pibuild");
/**
 * Layers of tests that do not ask how they came to be: what one has built is cached for the next.
 * `npm run proof` begins with an empty one.
 */
export const commonStore = process.env.PIBUILD_TEST_STORE ?? join(cache, "test", "store");

/** Makes the copy, in a path with a space. */
export async function createImageRig(sharedStore?: string): Promise<ImageRig> {
  const directory = await mkdtemp("/var/tmp/pibuild image-");
  const path = join(directory, "workspace");
  const store = sharedStore ?? join(directory, "store");
  await mkdir(path);
  for (const name of [
    "apps/debian-lite",
    "apps/kn86",
    "stages",
    "nx.json",
    "package.json",
    "pnpm-lock.yaml",
    "pi-gen-pin.env",
  ]) {
    await cp(join(repository, name), join(path, name), {
      recursive: true,
      // Else a link between stages would become an absolute one, which is meant for the image.
      verbatimSymlinks: true,
    });
  }
  await symlink(join(repository, "node_modules"), join(path, "node_modules"));
  return {
    path,
    store,
    async edit(file, before, after) {
      const text = await readFile(join(path, file), "utf8");
      if (!(typeof before === "string" ? text.includes(before) : before.test(text)))
        throw new Error(`${file} does not hold ${before}`);
      await writeFile(join(path, file), text.replace(before, after));
    },
    async pibuild(args, env = {}, through) {
      const [program, ...before] = through ?? (["node"] as const);
      const result = createExec().run({
        program,
        args: [
          ...before,
          ...(through === undefined ? [] : ["node"]),
          ...[join(repository, "apps/cli/bin/pibuild.mjs"), ...args],
        ],
        cwd: path,
        env: {
          HOME: home,
          PIBUILD_CACHE: cache,
          PIBUILD_STORE: store,
          NO_COLOR: "1",
          ...env,
        },
      });
      return (await result.catch(withOutput)).stdout;
    },
    async [Symbol.asyncDispose]() {
      await removeTree(directory);
    },
  };
}

/** A failure that shows what the command line printed. */
function withOutput(error: unknown): never {
  if (!isPibuildError(error, "COMMAND_FAILED")) throw error;
  throw new Error(`${error.message}\n${error.data.tail.join("\n")}`, { cause: error });
}

/** Builds up to a target and returns the summary. */
export async function build(
  rig: ImageRig,
  target: string,
  env: Readonly<Record<string, string>> = {},
): Promise<BuildSummary> {
  return JSON.parse(await rig.pibuild(["build", "debian-lite", "--target", target, "--json"], env));
}

/** The steps of a summary that ran. */
export function ran({ steps }: BuildSummary): string[] {
  return steps.filter(({ outcome }) => outcome === "ran").map(({ step }) => step);
}

/** The digests of an image's layers, by step, as they were last made. */
export async function layersOf(
  { store }: ImageRig,
  image = "debian-lite",
): Promise<Record<string, string>> {
  const directory = join(store, "latest", image);
  const layers: Record<string, string> = {};
  for (const name of (await readdir(directory)).sort()) {
    const record = JSON.parse(await readFile(join(directory, name), "utf8"));
    layers[record.step] = record.layer.digest;
  }
  return layers;
}

/** The file of a step's layer. */
export async function layerBlob(rig: ImageRig, image: string, step: string): Promise<string> {
  const digest = (await layersOf(rig, image))[step] ?? "";
  return join(rig.store, "blobs/sha256", digest.slice(0, 2), digest);
}

/** A rig with a store of its own that holds what another has: hard links, as no file of a store is written twice. */
export async function cloneRig({ store }: Pick<ImageRig, "store">): Promise<ImageRig> {
  const clone = await createImageRig();
  await createExec().run({ program: "cp", args: ["-al", store, clone.store] });
  return clone;
}

/** The twin is a tool of a machine, as qemu is: it is in no lock, and without one a build takes three times as long. */
export async function copyTwin(from: ImageRig, to: ImageRig): Promise<void> {
  const notes = join(from.store, "twins");
  await cp(notes, join(to.store, "twins"), { recursive: true, preserveTimestamps: true });
  for (const name of await readdir(notes)) {
    const { digest } = JSON.parse(await readFile(join(notes, name), "utf8"));
    const blob = join("blobs/sha256", digest.slice(0, 2), digest);
    await cp(join(from.store, blob), join(to.store, blob));
  }
}

/** Makes the store forget a step's layer, so that the step runs again. */
export async function forget({ store }: ImageRig, image: string, step: string): Promise<void> {
  const latest = join(store, "latest", image, `${step.replaceAll("/", "__")}.json`);
  const { fingerprint } = JSON.parse(await readFile(latest, "utf8"));
  await rm(join(store, "records", fingerprint.slice(0, 2), `${fingerprint}.json`));
}
