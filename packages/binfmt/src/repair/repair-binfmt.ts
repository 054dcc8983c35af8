import type { Exec } from "@pibuild/core";
import { type ForeignArch, ownHandlerNames } from "../foreign-arch.ts";
import { readChanges, remember, writeChanges } from "../journal.ts";
import { removeHandler, switchHandler } from "../kernel/change.ts";
import { type Host, type HostOptions, hostOf, lockJournal, requireRoot } from "../register/host.ts";
import { makeRun, refuseElsewhere } from "../register/register-binfmt.ts";
import { binfmtStatus } from "../status/binfmt-status.ts";
import type { JudgedHandler } from "../status/judge-handler.ts";
import { type BinfmtStatus, runs } from "../status/state.ts";

/** Handlers of steps that run at this moment go away with them. */
const temporary = /^pibuild-twin-/;

/**
 * Makes an architecture's programs run, and leaves one handler switched on for them: those that
 * are registered wrongly, and those that another one hides, are switched off. Gives the state after
 * it. Does nothing where all is well. Throws as `registerBinfmt` does; `undoBinfmt` reverts it.
 */
export async function repairBinfmt(
  arch: ForeignArch,
  exec: Exec,
  options: HostOptions = {},
): Promise<BinfmtStatus> {
  const readStatus = () => binfmtStatus(arch, { ...options, exec });
  const before = await readStatus();
  if (runs(before) && surplus(before).length === 0) return before;
  refuseElsewhere(before);
  requireRoot(`repairing the handler for ${arch} programs`, `repair --arch ${arch}`);
  await using _lock = await lockJournal(options);
  const host = hostOf(arch, exec, options);
  const uncovered = await uncover(host, await readStatus(), readStatus);
  const running = await makeRun(uncovered, arch, exec, options);
  for (const handler of surplus(running)) await putAside(host, handler);
  return await readStatus();
}

/** Handlers that are on beside the one that runs programs now, or after a step that runs. */
export function surplus({ handlers, handler: taken }: BinfmtStatus): JudgedHandler[] {
  const on = handlers.filter(({ name, enabled }) => enabled && !temporary.test(name));
  const kept =
    on.find(({ name }) => name === taken?.name) ?? on.find(({ defect }) => defect === undefined);
  return kept === undefined ? [] : on.filter((handler) => handler !== kept);
}

/**
 * Where a good handler is hidden by broken ones that were registered later, those are switched
 * off. If nothing runs after it, they are switched on again: some may work outside of a chroot.
 */
async function uncover(
  host: Host,
  before: BinfmtStatus,
  readStatus: () => Promise<BinfmtStatus>,
): Promise<BinfmtStatus> {
  const on = before.handlers.filter(({ enabled }) => enabled);
  const good = on.findIndex(({ defect }) => defect === undefined);
  if (runs(before) || good < 1) return before;
  const hiding = on.slice(0, good);
  const remembered = await readChanges(host.journal);
  for (const { name } of hiding) await switchOff(host, name);
  const after = await readStatus();
  if (runs(after)) return after;
  for (const { name } of hiding) await switchHandler(host.directory, name, true);
  await writeChanges(host.journal, remembered);
  return before;
}

/** What is ours goes away for good. */
async function putAside(host: Host, { name }: JudgedHandler): Promise<void> {
  if (name === ownHandlerNames[host.arch]) await removeHandler(host.directory, name);
  else await switchOff(host, name);
}

async function switchOff({ arch, directory, journal }: Host, name: string): Promise<void> {
  await remember(journal, { arch, kind: "switched-off", name });
  await switchHandler(directory, name, false);
}
