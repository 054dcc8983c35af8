import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Exec, isPibuildError, missingPrograms } from "@pibuild/core";
import type { ForeignArch } from "../foreign-arch.ts";
import { isProbeMachine, type ProbeMachine, probeProgram, probeStatus } from "./probe-program.ts";

/** `untried`: this host did not let it be tried, and nothing is known. */
export type Trial = "ran" | "failed" | "untried";

/**
 * Runs a tiny program of an architecture in a chroot that holds nothing else, as root or as root
 * of a user namespace. Where it does not run, one of the host's own says whether that is why.
 */
export async function tryProgram(exec: Exec, arch: ForeignArch): Promise<Trial> {
  if (process.platform !== "linux") return "untried";
  if (missingPrograms(["chroot", "unshare"]).length > 0) return "untried";
  // Twice: a process that was just being started may still hold the program open for writing.
  if ((await runs(exec, arch)) || (await runs(exec, arch))) return "ran";
  const control = isProbeMachine(process.arch) && (await runs(exec, process.arch));
  return control ? "failed" : "untried";
}

async function runs(exec: Exec, machine: ProbeMachine): Promise<boolean> {
  const root = await mkdtemp(join(tmpdir(), "pibuild-probe-"));
  try {
    await writeFile(join(root, "program"), probeProgram(machine), { mode: 0o755 });
    const isRoot = process.getuid?.() === 0;
    const { exitCode } = await exec.run({
      program: isRoot ? "chroot" : "unshare",
      args: [...(isRoot ? [] : ["--user", "--map-root-user", "chroot"]), root, "/program"],
      allowExit: Array.from({ length: 256 }, (_, code) => code),
    });
    return exitCode === probeStatus;
  } catch (error) {
    // Ended by a signal.
    if (!isPibuildError(error, "COMMAND_FAILED")) throw error;
    return false;
  } finally {
    await rm(root, { recursive: true });
  }
}
