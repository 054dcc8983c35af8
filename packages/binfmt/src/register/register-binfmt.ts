import { type Exec, PibuildError } from "@pibuild/core";
import type { ForeignArch } from "../foreign-arch.ts";
import { binfmtStatus } from "../status/binfmt-status.ts";
import { type BinfmtStatus, runs } from "../status/state.ts";
import { type HostOptions, hostOf, lockJournal, requireRoot } from "./host.ts";
import { ways } from "./ways.ts";

/**
 * Makes an architecture's programs run on this host, and gives the state after it. Does nothing
 * where they already do, and takes nothing away where they do not: `undoBinfmt` reverts all of it.
 * Throws ENV_NEEDS_ROOT, ENV_QEMU_MISSING, ENV_BINFMT_UNSUPPORTED without binfmt_misc,
 * ENV_BINFMT_REFUSED where the kernel lets nothing be changed, and ENV_BINFMT_MISSING where
 * programs do not run even so. The registration lasts until the host is shut down.
 */
export async function registerBinfmt(
  arch: ForeignArch,
  exec: Exec,
  options: HostOptions = {},
): Promise<BinfmtStatus> {
  const readStatus = () => binfmtStatus(arch, { ...options, exec });
  const before = await readStatus();
  if (runs(before)) return before;
  refuseElsewhere(before);
  requireRoot(`registering a handler for ${arch} programs`, `register --arch ${arch}`);
  await using _lock = await lockJournal(options);
  const after = await makeRun(await readStatus(), arch, exec, options);
  return after;
}

/** `registerBinfmt` for those who hold the lock. */
export async function makeRun(
  before: BinfmtStatus,
  arch: ForeignArch,
  exec: Exec,
  options: HostOptions,
): Promise<BinfmtStatus> {
  const host = hostOf(arch, exec, options);
  let status = before;
  for (const way of ways) {
    if (runs(status)) return status;
    await way(host, status);
    status = await binfmtStatus(arch, { ...options, exec });
  }
  if (runs(status)) return status;
  throw new PibuildError("ENV_BINFMT_MISSING", { arch, detail: status.detail });
}

/** On other systems there is nothing to register with but a container. */
export function refuseElsewhere({ arch, state, detail }: BinfmtStatus): void {
  if (state === "not-linux") throw new PibuildError("ENV_BINFMT_MISSING", { arch, detail });
}
