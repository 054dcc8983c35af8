import { type CommandResult, type Exec, formatCommand } from "@pibuild/core";
import { gitEnvironment } from "./git-environment.ts";

export interface GitOptions {
  /** The checkout that it works in; its parents' repositories are never looked at. */
  readonly checkout?: string;
  /** Exit codes besides 0 that are a result and not a failure. */
  readonly allowExit?: readonly number[];
}

/** git with the same behaviour for everyone, whatever the user's configuration says. */
export type Git = (args: readonly string[], options?: GitOptions) => Promise<CommandResult>;

export function openGit(exec: Exec, env: NodeJS.ProcessEnv): Git {
  const fixed = gitEnvironment(env);
  return (args, { checkout, allowExit = [] } = {}) =>
    exec.run({
      program: "git",
      args: [
        ...(checkout === undefined
          ? []
          : [`--git-dir=${checkout}/.git`, `--work-tree=${checkout}`]),
        ...args,
      ],
      env: fixed,
      allowExit,
    });
}

/**
 * How to ask a repository on this machine. Its owner may be another user, which git refuses by
 * itself; it is only read from, and what comes of it is checked against the pin's commit.
 */
export const uploadPack = `--upload-pack=${formatCommand(["git", "-c", "safe.directory=*", "upload-pack"])}`;
