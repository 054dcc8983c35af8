import { access } from "node:fs/promises";
import { join } from "node:path";
import { type Exec, PibuildError } from "@pibuild/core";
import { type EngineRun, engineEnvironment } from "@pibuild/graph";

/**
 * Runs one target and all before it with the workspace's own Turborepo, as a child process. Throws
 * TASK_RUNNER_MISSING where the workspace does not have it.
 */
export async function runTurbo(exec: Exec, run: EngineRun): Promise<void> {
  await exec.run({
    program: "node",
    args: [
      await turboLauncher(run.workspace),
      ...["run", `${run.image}:${run.target}`, "--ui=stream", "--output-logs=full"],
    ],
    cwd: run.workspace,
    env: {
      ...engineEnvironment(run),
      TURBO_TELEMETRY_DISABLED: "1",
      // Else npm, which starts the tasks, keeps it in /tmp.
      NODE_COMPILE_CACHE: join(run.workspace, ".turbo", "compiled"),
      TURBO_NO_UPDATE_NOTIFIER: "1",
    },
    logFile: run.logFile,
    keepTerminal: true,
    killGraceMs: 70_000,
  });
}

async function turboLauncher(workspace: string): Promise<string> {
  const launcher = join(workspace, "node_modules/turbo/bin/turbo");
  const isThere = await access(launcher).then(
    () => true,
    () => false,
  );
  if (!isThere) throw new PibuildError("TASK_RUNNER_MISSING", { name: "turbo", workspace });
  return launcher;
}
