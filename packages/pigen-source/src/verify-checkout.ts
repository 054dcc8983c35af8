import { PibuildError, stripControl } from "@pibuild/core";
import type { Git } from "./git.ts";

/**
 * Throws PIGEN_MODIFIED unless a checkout is at a commit and holds its files and nothing else.
 * Files that pi-gen's .gitignore names count, too: `SKIP` or `config` change what is built.
 */
export async function verifyCheckout(git: Git, path: string, commit: string): Promise<void> {
  const none = { checkout: path, allowExit: [128] };
  const { stdout } = await git(["rev-parse", "--quiet", "--verify", "HEAD^{commit}"], none);
  const head = /^[0-9a-f]{40}$/.test(stdout) ? stdout : undefined;
  const changes = head === commit ? await changesOf(git, path) : [];
  if (head === commit && changes.length === 0) return;
  throw new PibuildError("PIGEN_MODIFIED", { path, commit, head, changes });
}

async function changesOf(git: Git, checkout: string): Promise<string[]> {
  const { stdout } = await git(
    [
      ...["status", "--porcelain=v1", "-z", "--no-renames"],
      ...["--untracked-files=all", "--ignored=matching"],
    ],
    { checkout },
  );
  return stdout
    .split("\0")
    .flatMap((entry) => (entry === "" ? [] : [stripControl(entry.slice(3))]));
}
