import { acquireLock, type Exec, PibuildError } from "@pibuild/core";
import type { ForeignArch } from "../foreign-arch.ts";
import { journalPath } from "../journal.ts";
import { binfmtDirectory } from "../kernel/read-handlers.ts";
import type { BinfmtOptions } from "../status/binfmt-status.ts";

export interface HostOptions extends BinfmtOptions {
  /** Where changes are remembered for `undoBinfmt`. */
  readonly journal?: string;
  /** Where binfmt-support keeps its formats. */
  readonly formats?: string;
  /** Directories of binfmt.d(5), the strongest first; ours goes into that. */
  readonly bootDirectories?: readonly string[];
}

/** What is changed, and where. */
export interface Host {
  readonly arch: ForeignArch;
  readonly exec: Exec;
  readonly directory: string;
  readonly journal: string;
  readonly formats: string;
}

export function hostOf(arch: ForeignArch, exec: Exec, options: HostOptions): Host {
  const { directory = binfmtDirectory, journal = journalPath() } = options;
  const { formats = "/var/lib/binfmts" } = options;
  return { arch, exec, directory, journal, formats };
}

/** Held while handlers are changed, so that what is remembered is what was done. */
export function lockJournal(options: HostOptions): Promise<AsyncDisposable> {
  return acquireLock(`${options.journal ?? journalPath()}.lock`);
}

export function requireRoot(task: string, command: string): void {
  if (process.getuid?.() === 0) return;
  throw new PibuildError("ENV_NEEDS_ROOT", { task, command: `npx @pibuild/binfmt ${command}` });
}
