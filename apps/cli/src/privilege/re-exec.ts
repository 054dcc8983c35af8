import { existsSync } from "node:fs";
import { createExec, findProgram, isPibuildError, ownMounts, PibuildError } from "@pibuild/core";
import { hostDirectories } from "@pibuild/host";
import type { CliContext } from "../context.ts";
import { ownersBelow } from "./owner.ts";

/** Set in a process that already has what it needs. */
const marker = "PIBUILD_INSIDE";

/** What root starts pibuild with, so that the process is inside from its first moment. */
export const insidePrefix = ["unshare", ...ownMounts, "--"] as const;
export const insideEnvironment = { [marker]: "1" } as const;

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Whether this process is root in a mount namespace of its own. */
export function isInside(context: CliContext): boolean {
  return context.env[marker] === "1";
}

/**
 * Runs this very command again as root in a private mount namespace, and ends as it ends. All
 * that is mounted there vanishes with it. `setpriv` makes it die with this process.
 */
export async function reExecInside(
  context: CliContext,
  task: string,
  { shell = false }: { readonly shell?: boolean } = {},
): Promise<void> {
  const prefix = ["setpriv", "--pdeathsig", "KILL", ...insidePrefix];
  await reExec(context, task, { prefix, more: insideEnvironment, shell });
}

/** Runs this very command again as root, and ends as it ends. */
export async function reExecAsRoot(context: CliContext, task: string): Promise<void> {
  await reExec(context, task, { prefix: [], more: {}, shell: false });
}

interface ReExecOptions {
  readonly prefix: readonly string[];
  readonly more: Readonly<Record<string, string>>;
  /** Whether it is a person's shell, whose exit code may be any. */
  readonly shell: boolean;
}

async function reExec(
  context: CliContext,
  task: string,
  { prefix, more, shell }: ReExecOptions,
): Promise<void> {
  const { env, signal } = context;
  if (process.platform !== "linux") {
    throw new PibuildError("ENV_NEEDS_LINUX", { task, platform: process.platform });
  }
  if (!existsSync("/proc/self")) throw new PibuildError("ENV_NO_PROC", { task });
  if (!isRoot() && findProgram("sudo") === undefined) {
    throw new PibuildError("ENV_NEEDS_ROOT", { task });
  }
  const self = [process.execPath, process.argv[1] ?? "", ...process.argv.slice(2)];
  const [program = "", ...args] = [...prefix, ...self];
  const { store, cache } = hostDirectories(env);
  try {
    await createExec({ signal }).run({
      program: isRoot() ? "setpriv" : "sudo",
      args: isRoot() ? args : ["--preserve-env", "--", program, ...args],
      cwd: context.cwd,
      env: {
        ...definedOnly(env),
        PIBUILD_STORE: store,
        PIBUILD_CACHE: cache,
        PIBUILD_OWNER: await ownersBelow(env.PIBUILD_OWNER),
        ...more,
      },
      interactive: true,
      killGraceMs: 40_000,
    });
  } catch (error) {
    if (!isPibuildError(error, "COMMAND_FAILED")) throw error;
    // pibuild itself never ends with 1, but a person's shell may: else it is sudo, or unshare, that
    // refused.
    if (error.data.exitCode === 1 && !shell) {
      const code = isRoot() ? "ENV_NO_NAMESPACES" : "ENV_NEEDS_ROOT";
      throw new PibuildError(code, { task }, { cause: error });
    }
    // The process inside has said what is wrong.
    process.exitCode = error.data.exitCode ?? 1;
  }
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
