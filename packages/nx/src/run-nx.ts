import { createRequire } from "node:module";
import { join } from "node:path";
import type { Exec } from "@pibuild/core";
import { type EngineRun, engineEnvironment } from "@pibuild/graph";

/**
 * Runs one target and all before it with the workspace's own Nx, as a child process: no daemon,
 * no terminal UI, and time for tasks to clean up when they are stopped.
 */
export async function runNx(exec: Exec, run: EngineRun): Promise<void> {
  await exec.run({
    program: "node",
    args: [nxBinary(run.workspace), "run", `${run.image}:${run.target}`, "--output-style=stream"],
    cwd: run.workspace,
    env: {
      ...engineEnvironment(run),
      NX_DAEMON: "false",
      NX_TUI: "false",
      // A process for each plugin costs two thirds of a second, and ours needs no keeping apart.
      NX_ISOLATE_PLUGINS: "false",
      NX_TASKS_RUNNER_DYNAMIC_OUTPUT: "false",
      NX_NO_CLOUD: "true",
      NX_PROCESS_KILL_GRACE_PERIOD: "60000",
      // Else Nx keeps both in /tmp.
      NX_SKIP_NATIVE_FILE_CACHE: "true",
      NODE_COMPILE_CACHE: join(run.workspace, ".nx", "compiled"),
      NX_CACHE_DIRECTORY: join(run.workspace, ".nx", "cache"),
      NX_WORKSPACE_DATA_DIRECTORY: join(run.workspace, ".nx", "workspace-data"),
    },
    logFile: run.logFile,
    keepTerminal: true,
    killGraceMs: 70_000,
  });
}

function nxBinary(workspace: string): string {
  return createRequire(join(workspace, "package.json")).resolve("nx/bin/nx.js");
}
