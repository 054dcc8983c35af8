import { createExec, findProgram, isPibuildError, PibuildError } from "@pibuild/core";
import { hostDirectories } from "@pibuild/pigen-runner";
import type { CliContext } from "../context.ts";

/** Set in a process that already has what it needs. */
const marker = "PIBUILD_INSIDE";

/** Whether this process is root in a mount namespace of its own. */
export function isInside(context: CliContext): boolean {
  return context.env[marker] === "1";
}

/**
 * Runs this very command again as root in a private mount namespace, and ends as it ends. All
 * that is mounted there vanishes with it. `setpriv` makes it die with this process.
 */
export async function reExecInside(context: CliContext, task: string): Promise<void> {
  const { env, signal } = context;
  const { store, packages } = hostDirectories(env);
  const [node, script, ...args] = [
    process.execPath,
    process.argv[1] ?? "",
    ...process.argv.slice(2),
  ];
  const inside = [
    "--pdeathsig",
    "KILL",
    "unshare",
    "--mount",
    "--propagation",
    "private",
    "--",
    node,
    script,
    ...args,
  ];
  const root = process.getuid?.() === 0;
  if (!root && findProgram("sudo") === undefined)
    throw new PibuildError("ENV_NEEDS_ROOT", { task });
  try {
    await createExec({ signal }).run({
      program: root ? "setpriv" : "sudo",
      args: root ? inside : ["--preserve-env", "--", "setpriv", ...inside],
      cwd: context.cwd,
      env: {
        ...definedOnly(env),
        PIBUILD_STORE: store,
        PIBUILD_CACHE: packages.replace(/\/packages$/, ""),
        [marker]: "1",
      },
      interactive: true,
    });
  } catch (error) {
    if (!isPibuildError(error, "COMMAND_FAILED")) throw error;
    // The process inside has said what is wrong.
    process.exitCode = error.data.exitCode ?? 1;
    if (!root && error.data.exitCode === 1)
      throw new PibuildError("ENV_NEEDS_ROOT", { task }, { cause: error });
  }
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
