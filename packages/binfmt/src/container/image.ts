import { isPibuildError, PibuildError } from "@pibuild/core";
import { errorLine } from "@pibuild/host";
import { binfmtDirectory } from "../kernel/read-handlers.ts";
import type { Engine } from "./engine.ts";

/** Brings qemu for every architecture, and registers it: github.com/tonistiigi/binfmt. */
export const defaultImage = "tonistiigi/binfmt";

/** The engine's own exit codes, docker-run(1): it, or the program, did not start. */
const notStarted = [125, 126, 127];

/** What the image says about the kernel that the engine's containers run on. */
export interface ImageReport {
  /** Platforms whose programs ran in the container when it tried, as `linux/arm64`. */
  readonly supported: readonly string[];
  /** The names of handlers that are switched on. */
  readonly emulators: readonly string[];
  /** What it said while it worked. */
  readonly log: readonly string[];
}

/** Fetches the image where the engine has none. Throws CONTAINER_IMAGE_MISSING. */
export async function requireImage(engine: Engine, image: string): Promise<void> {
  const known = await engine.run(["image", "inspect", "--format", "{{.Id}}", image], [1, 125]);
  if (known.exitCode === 0) return;
  try {
    await engine.run(["pull", image]);
  } catch (error) {
    if (!isPibuildError(error, "COMMAND_FAILED")) throw error;
    const detail = errorLine(error.data.tail) ?? error.message;
    throw new PibuildError("CONTAINER_IMAGE_MISSING", { engine: engine.name, image, detail });
  }
}

/**
 * Runs the image, whose exit code is 0 whatever happens: what it printed counts. Throws
 * ENV_PRIVILEGED_REFUSED, ENV_UNSUPPORTED for an image that does not start at all, and
 * ENV_BINFMT_REFUSED where not even its report came.
 */
export async function runImage(
  engine: Engine,
  image: string,
  args: readonly string[],
): Promise<ImageReport> {
  const container = ["run", "--rm", "--privileged", "--network", "none", image, ...args];
  const { exitCode, stdout, stderr } = await engine.run(container, notStarted);
  const log = stderr.split("\n").filter((line) => line !== "");
  if (exitCode !== 0)
    throw await whyNotStarted(engine, image, errorLine(log) ?? `exit code ${exitCode}`);
  const report = parseReport(stdout);
  if (report !== undefined) return { ...report, log };
  const task = `image \`${image}\` gave no report`;
  const reason = errorLine(log) ?? "it said nothing";
  throw new PibuildError("ENV_BINFMT_REFUSED", { task, path: binfmtDirectory, reason });
}

/** Where it does not start without rights either, the image is the reason. */
async function whyNotStarted(engine: Engine, image: string, detail: string): Promise<PibuildError> {
  const control = ["run", "--rm", "--network", "none", image, "--version"];
  const { exitCode } = await engine.run(control, notStarted);
  if (exitCode === 0) {
    return new PibuildError("ENV_PRIVILEGED_REFUSED", { engine: engine.name, detail });
  }
  return new PibuildError("ENV_UNSUPPORTED", {
    what: `${engine.name} cannot start image \`${image}\`: ${detail}`,
    hint: "use an image that takes the arguments of tonistiigi/binfmt, for this kind of machine",
  });
}

function parseReport(text: string): Pick<ImageReport, "supported" | "emulators"> | undefined {
  let report: Record<string, unknown>;
  try {
    report = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  // Go writes an empty list as null.
  const { supported, emulators } = report;
  const [platforms, names] = [supported, emulators].map((list) => (list === null ? [] : list));
  if (!Array.isArray(platforms) || !Array.isArray(names)) return undefined;
  return { supported: platforms.map(String), emulators: names.map(String) };
}
