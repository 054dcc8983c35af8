import { type Exec, PibuildError } from "@pibuild/core";
import type { EngineName } from "@pibuild/host";
import { type ForeignArch, qemuNames } from "../foreign-arch.ts";
import { type Change, journalPath, remember } from "../journal.ts";
import { type Engine, findEngine } from "./engine.ts";
import { defaultImage, type ImageReport, requireImage, runImage } from "./image.ts";

export interface ContainerOptions {
  readonly engine?: EngineName;
  /** An image with the arguments and the report of tonistiigi/binfmt. */
  readonly image?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly journal?: string;
  /** Replace handlers of the image's names that are registered and do not work. */
  readonly repair?: boolean;
}

/** What the engine's containers can run. */
export interface ContainerStatus extends Pick<ImageReport, "supported" | "emulators"> {
  readonly engine: EngineName;
  readonly image: string;
}

/** Asks the engine's kernel through a container; on other systems it is in a virtual machine. */
export async function containerStatus(
  exec: Exec,
  options: ContainerOptions = {},
): Promise<ContainerStatus> {
  const { engine, image } = await prepare(exec, options);
  return ask(engine, image);
}

/**
 * Makes architectures' programs run in the engine's containers, by a privileged container, and
 * gives the state after it. Does nothing where they already do. `undoBinfmt` takes back what was
 * added. Throws ENV_ENGINE_UNREACHABLE, CONTAINER_IMAGE_MISSING, ENV_PRIVILEGED_REFUSED, and
 * ENV_BINFMT_MISSING where programs do not run even so.
 */
export async function registerInContainer(
  archs: readonly ForeignArch[],
  exec: Exec,
  options: ContainerOptions = {},
): Promise<ContainerStatus> {
  const { engine, image } = await prepare(exec, options);
  const before = await ask(engine, image);
  const missing = archs.filter((arch) => !supports(before, arch));
  if (missing.length === 0) return before;
  const stale = missing.flatMap((arch) => before.emulators.filter((name) => isFor(name, arch)));
  if (options.repair && stale.length > 0) {
    await runImage(engine, image, ["--uninstall", stale.join(",")]);
  }
  const { emulators, log } = await runImage(engine, image, ["--install", missing.join(",")]);
  const kept = new Set(options.repair ? [] : before.emulators);
  for (const arch of missing) {
    const names = emulators.filter((name) => isFor(name, arch) && !kept.has(name));
    const journal = options.journal ?? journalPath(options.env);
    if (names.length === 0) continue;
    await remember(journal, { arch, kind: "container", engine: engine.name, image, names });
  }
  // In a container of its own: what a rootless engine registers is gone with the one that did it.
  const after = await ask(engine, image);
  const arch = missing.find((each) => !supports(after, each));
  if (arch === undefined) return after;
  throw notRegistered(arch, image, log);
}

function notRegistered(arch: ForeignArch, image: string, log: readonly string[]): PibuildError {
  const said = log.find((line) => line.startsWith(`installing: ${arch} `));
  if (said?.endsWith(" OK")) {
    return new PibuildError("ENV_BINFMT_MISSING", {
      arch,
      detail: `the handler that \`${image}\` registered was gone when its container ended`,
      hint: "use an engine that runs as root: a rootless one has handlers of its own",
    });
  }
  return new PibuildError("ENV_BINFMT_MISSING", {
    arch,
    detail: `\`${image}\` did not register a handler: ${said ?? "it does not say why"}`,
    hint: `run \`npx @pibuild/binfmt repair --container --arch ${arch}\``,
  });
}

/** Takes away what a container has registered; gives the names that are gone now. */
export async function unregisterInContainer(
  exec: Exec,
  { engine: name, image, names }: Extract<Change, { kind: "container" }>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string[]> {
  const { engine } = await prepare(exec, { engine: name, image, env });
  const before = await ask(engine, image);
  const there = names.filter((each) => before.emulators.includes(each));
  if (there.length === 0) return [];
  const after = await runImage(engine, image, ["--uninstall", there.join(",")]);
  return there.filter((each) => !after.emulators.includes(each));
}

/** Whether a container has run an architecture's programs; 32-bit ones have a variant. */
export function supports(
  { supported }: Pick<ImageReport, "supported">,
  arch: ForeignArch,
): boolean {
  return supported.some((each) => `${each}/`.startsWith(`linux/${arch}/`));
}

async function prepare(
  exec: Exec,
  { engine: wanted, image = defaultImage, env = process.env }: ContainerOptions,
): Promise<{ readonly engine: Engine; readonly image: string }> {
  const engine = await findEngine(exec, env, wanted);
  await requireImage(engine, image);
  return { engine, image };
}

async function ask(engine: Engine, image: string): Promise<ContainerStatus> {
  const { supported, emulators } = await runImage(engine, image, []);
  return { engine: engine.name, image, supported, emulators };
}

function isFor(handler: string, arch: ForeignArch): boolean {
  return handler.endsWith(`-${qemuNames[arch]}`);
}
