import { lstatSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { createExec, isPibuildError, type Sha256, sha256, sha256File } from "@pibuild/core";
import { root } from "../run-suite.ts";
import { ProofUsageError } from "./options.ts";

/** Every file of the work tree that git knows or would add. */
export async function repositoryFiles(): Promise<string[]> {
  const listed = await git("ls-files", "--cached", "--others", "--exclude-standard");
  return listed.split("\n").filter((path) => path !== "");
}

export async function commit(): Promise<string> {
  return git("rev-parse", "HEAD");
}

/** Files that differ from a revision, those that are not committed included. Throws ProofUsageError. */
export async function changedSince(revision: string): Promise<string[]> {
  try {
    const changed = await git("diff", "--name-only", "--end-of-options", revision, "--");
    const added = await git("ls-files", "--others", "--exclude-standard");
    return [...changed.split("\n"), ...added.split("\n")].filter((path) => path !== "");
  } catch (error) {
    if (!isPibuildError(error, "COMMAND_FAILED")) throw error;
    throw new ProofUsageError(`--changed ${revision}: git knows no such revision here`);
  }
}

/** One digest of the names, modes and contents of files, as they are in the work tree. */
export async function digestOf(files: readonly string[]): Promise<Sha256> {
  const lines: string[] = [];
  for (const file of files) {
    const path = join(root, file);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) lines.push(`${file} gone`);
    else if (stats.isSymbolicLink()) lines.push(`${file} -> ${readlinkSync(path)}`);
    else lines.push(`${file} ${(stats.mode & 0o111) === 0 ? "-" : "x"} ${await sha256File(path)}`);
  }
  return sha256(lines.join("\n"));
}

async function git(...args: readonly string[]): Promise<string> {
  // The checkout may be another user's where the proofs run as root.
  const trusted = ["-c", `safe.directory=${root.replace(/\/$/, "")}`];
  return (await createExec().run({ program: "git", args: [...trusted, ...args], cwd: root }))
    .stdout;
}
