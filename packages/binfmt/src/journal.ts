import { mkdir, readFile, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { bootId, placeFile } from "@pibuild/core";
import type { ForeignArch } from "./foreign-arch.ts";

/**
 * Something that was changed for an architecture and that is not told by a name of ours. Handlers
 * are only ever switched off, never taken away: so each comes back as it was, in its place.
 */
export type Change = { readonly arch: ForeignArch } & (
  | { readonly kind: "switched-on" | "switched-off" | "format-enabled"; readonly name: string }
  | {
      readonly kind: "container";
      readonly engine: "docker" | "podman";
      readonly image: string;
      readonly names: readonly string[];
    }
);

interface Journal {
  /** The kernel's registrations, and so these changes, end with the boot. */
  readonly boot: string;
  readonly changes: readonly Change[];
}

/** Where changes are remembered: with root's run-time files, or with a user's own state. */
export function journalPath(env: NodeJS.ProcessEnv = process.env): string {
  if (process.getuid?.() === 0) return "/run/pibuild/binfmt.json";
  const state = env.XDG_STATE_HOME || join(homedir(), ".local", "state");
  return join(state, "pibuild", "binfmt.json");
}

/** The changes of this boot, the oldest first. */
export async function readChanges(path: string): Promise<readonly Change[]> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return [];
  const { boot, changes } = parseJournal(text);
  return boot === (await bootId()) ? changes : [];
}

/** What is damaged is as good as not there: the kernel's registrations say the rest. */
function parseJournal(text: string): Partial<Journal> & Pick<Journal, "changes"> {
  try {
    const journal = JSON.parse(text) as Journal | null;
    if (journal !== null && Array.isArray(journal.changes) && journal.changes.every(isChange)) {
      return journal;
    }
  } catch {}
  return { changes: [] };
}

function isChange(change: unknown): change is Change {
  const { arch, kind, name, names } = (change ?? {}) as Record<string, unknown>;
  const named = kind === "container" ? Array.isArray(names) : typeof name === "string";
  return typeof arch === "string" && typeof kind === "string" && named;
}

/** Replaces what is remembered; the file is whole at any time. */
export async function writeChanges(path: string, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return rm(path, { force: true });
  const journal: Journal = { boot: await bootId(), changes };
  await mkdir(dirname(path), { recursive: true });
  await placeFile(path, JSON.stringify(journal, undefined, 2));
}

/** Remembers a change. To be called before it is made: undoing what was not done does no harm. */
export async function remember(path: string, change: Change): Promise<void> {
  await writeChanges(path, [...(await readChanges(path)), change]);
}
