import { type Exec, isInRepository } from "@pibuild/core";

/** What git says of a workspace; empty texts outside of git. */
export interface GitState {
  /** The commit, whole. */
  readonly gitHash: string;
  /** `git describe`: the nearest tag and how far it is, and whether files differ from the commit. */
  readonly gitDescribe: string;
}

/** Asks git. Changes nothing, not even its index. */
export async function gitState(exec: Exec, workspace: string): Promise<GitState> {
  if (!isInRepository(workspace)) return { gitHash: "", gitDescribe: "" };
  const ask = async (...args: readonly string[]) => {
    const { stdout, exitCode } = await exec.run({
      program: "git",
      // Git compares it with the top of the repository, which need not be the workspace.
      args: ["-c", "safe.directory=*", "-C", workspace, ...args],
      env: { GIT_OPTIONAL_LOCKS: "0" },
      allowExit: [128],
      // What it says of a directory that is no repository is no news.
      quiet: true,
    });
    return exitCode === 0 ? stdout.trim() : "";
  };
  const [gitHash, gitDescribe] = await Promise.all([
    ask("rev-parse", "--verify", "HEAD"),
    // How short an abbreviated commit may be depends on how much of the history is there.
    ask("describe", "--tags", "--always", "--dirty", "--abbrev=12"),
  ]);
  return { gitHash, gitDescribe };
}
