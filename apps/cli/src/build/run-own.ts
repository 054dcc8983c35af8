import { dirname, join } from "node:path";
import type { Exec } from "@pibuild/core";
import {
  type EngineRun,
  engineEnvironment,
  type OpenImage,
  planImage,
  runInOrder,
  targetsOf,
} from "@pibuild/graph";

/**
 * Runs an image's targets up to one, each as a process of this very program, as Nx would: for a project
 * that has no engine. What is fresh is left alone.
 */
export async function runOwn(
  exec: Exec,
  run: EngineRun & { readonly open: OpenImage },
): Promise<void> {
  const { open, image, workspace, logFile } = run;
  const { targets } = await planImage(open);
  await runInOrder(targetsOf(open.image), run.target, async ({ name, kind }) => {
    const fresh = kind !== "host" && targets.get(name)?.fresh === true;
    if (kind === "group" || fresh) return;
    await exec.run({
      program: "node",
      args: [process.argv[1] ?? "", "task", image, name],
      cwd: workspace,
      env: engineEnvironment(run),
      // Some run side by side.
      logFile: join(dirname(logFile), `target-${name}.log`),
      keepTerminal: true,
      // A task takes down what it mounted.
      killGraceMs: 70_000,
    });
  });
}
