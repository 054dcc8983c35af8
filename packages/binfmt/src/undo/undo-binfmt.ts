import { existsSync } from "node:fs";
import type { Exec } from "@pibuild/core";
import { unregisterInContainer } from "../container/container-binfmt.ts";
import { type ForeignArch, ownHandlerNames } from "../foreign-arch.ts";
import { type Change, journalPath, readChanges, writeChanges } from "../journal.ts";
import { removeHandler, switchHandler } from "../kernel/change.ts";
import { binfmtDirectory, readHandlers } from "../kernel/read-handlers.ts";
import { forgetAtBoot, ownBootFile } from "../persist/persist-binfmt.ts";
import { type Host, type HostOptions, hostOf, lockJournal, requireRoot } from "../register/host.ts";

/** Something that was put back as it was. */
export interface Undone {
  readonly arch: ForeignArch;
  readonly what: "removed" | "switched-on" | "switched-off" | "format-disabled" | "file-removed";
  readonly name: string;
}

/**
 * Takes back all that was registered, repaired and made permanent for some architectures, and
 * gives what that was, in order. Handlers of others are as they were before. Throws ENV_NEEDS_ROOT
 * where there is something to undo, ENV_BINFMT_REFUSED, and what an engine's absence throws.
 */
export async function undoBinfmt(
  archs: readonly ForeignArch[],
  exec: Exec,
  options: HostOptions = {},
): Promise<Undone[]> {
  const { directory = binfmtDirectory, journal = journalPath() } = options;
  const changes = (await readChanges(journal)).filter(({ arch }) => archs.includes(arch));
  const names = await handlerNames(directory);
  const own = archs.filter((arch) => names.has(ownHandlerNames[arch]));
  const files = archs.filter((arch) => existsSync(ownBootFile(arch, options.bootDirectories)));
  const native = changes.filter(({ kind }) => kind !== "container");
  if (changes.length + own.length + files.length === 0) return [];
  if (native.length + own.length + files.length > 0) {
    requireRoot("undoing what was registered", "undo");
  }
  await using _lock = process.getuid?.() === 0 ? await lockJournal(options) : undefined;
  const undone: Undone[] = [];
  for (const arch of archs) {
    undone.push(...(await undoChanges(hostOf(arch, exec, options), names)));
    if (own.includes(arch)) undone.push(await removeOwn(arch, directory));
    const file = await forgetAtBoot(arch, options);
    if (file !== undefined) undone.push({ arch, what: "file-removed", name: file });
  }
  return undone;
}

/** The latest first. What is done is forgotten at once, so that a failure leaves the rest to do. */
async function undoChanges(host: Host, names: ReadonlySet<string>): Promise<Undone[]> {
  const undone: Undone[] = [];
  for (;;) {
    const all = await readChanges(host.journal);
    const change = all.findLast(({ arch }) => arch === host.arch);
    if (change === undefined) return undone;
    undone.push(...(await undoChange(host, change, names)));
    await writeChanges(
      host.journal,
      all.filter((other) => other !== change),
    );
  }
}

async function undoChange(
  { arch, exec, directory, formats }: Host,
  change: Change,
  names: ReadonlySet<string>,
): Promise<Undone[]> {
  if (change.kind === "container") {
    const removed = await unregisterInContainer(exec, change);
    return removed.map((name) => ({ arch, what: "removed", name }));
  }
  const { kind, name } = change;
  // Somebody else has taken it away meanwhile.
  if (!names.has(name)) return [];
  if (kind === "format-enabled") {
    const args = ["--admindir", formats, "--disable", name];
    await exec.run({ program: "update-binfmts", args });
    return [{ arch, what: "format-disabled", name }];
  }
  const on = kind === "switched-off";
  await switchHandler(directory, name, on);
  return [{ arch, what: on ? "switched-on" : "switched-off", name }];
}

async function removeOwn(arch: ForeignArch, directory: string): Promise<Undone> {
  const name = ownHandlerNames[arch];
  await removeHandler(directory, name);
  return { arch, what: "removed", name };
}

/** `status` is the switch of all of them. */
async function handlerNames(directory: string): Promise<Set<string>> {
  const misc = await readHandlers(directory);
  return new Set(misc === undefined ? [] : ["status", ...misc.handlers.map(({ name }) => name)]);
}
