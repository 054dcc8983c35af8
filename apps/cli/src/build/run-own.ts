import { dirname, join } from "node:path";
import { type Exec, isPibuildError, PibuildError } from "@pibuild/core";
import {
  type EngineRun,
  engineEnvironment,
  type OpenImage,
  planImage,
  runInOrder,
  type Target,
  targetsOf,
} from "@pibuild/graph";
import { insideEnvironment, insidePrefix, isRoot } from "../privilege/re-exec.ts";

/**
 * Runs an image's targets up to one, each as a process of this very program, as Nx would: for a project
 * that has no engine. What is fresh is left alone, and what is done in a moment is done here.
 */
export async function runOwn(
  exec: Exec,
  run: EngineRun & { readonly open: OpenImage },
): Promise<void> {
  const { targets } = await planImage(run.open);
  await runInOrder(targetsOf(run.open.image), run.target, async (target) => {
    if (target.kind === "group" || targets.get(target.name)?.fresh === true) return;
    if (target.kind === "host") await target.run(exec);
    else await runTask(exec, run, target);
  });
}

/** Throws ENV_NO_NAMESPACES where the process cannot have a mount namespace of its own. */
async function runTask(
  exec: Exec,
  run: EngineRun,
  { name, needsRoot }: Pick<Target, "name" | "needsRoot">,
): Promise<void> {
  const self = [process.argv[1] ?? "", "task", run.image, name];
  const inside = needsRoot && isRoot();
  const [unshare, ...options] = insidePrefix;
  try {
    await exec.run({
      program: inside ? unshare : "node",
      args: inside ? [...options, process.execPath, ...self] : self,
      cwd: run.workspace,
      env: { ...engineEnvironment(run), ...(inside ? insideEnvironment : {}) },
      // Some run side by side.
      logFile: join(dirname(run.logFile), `target-${name}.log`),
      keepTerminal: true,
      // A task takes down what it mounted.
      killGraceMs: 70_000,
    });
  } catch (error) {
    // pibuild itself never ends with 1.
    if (!inside || !isPibuildError(error, "COMMAND_FAILED") || error.data.exitCode !== 1)
      throw error;
    throw new PibuildError("ENV_NO_NAMESPACES", { task: `target ${name}` }, { cause: error });
  }
}
