import { findProgram } from "@pibuild/core";
import { elfPatterns, ownHandlerNames } from "../foreign-arch.ts";
import { readChanges, remember, writeChanges } from "../journal.ts";
import { addHandler, mountBinfmt, removeHandler, switchHandler } from "../kernel/change.ts";
import { binfmtDirectory } from "../kernel/read-handlers.ts";
import type { BinfmtStatus } from "../status/state.ts";
import { findQemu } from "./find-qemu.ts";
import { usableFormats } from "./formats.ts";
import type { Host } from "./host.ts";

/** Does its part where the status asks for it, and nothing elsewhere. */
type Way = (host: Host, status: BinfmtStatus) => Promise<void>;

/** What makes programs run, in the order in which it is tried: what is there already comes first. */
export const ways: readonly Way[] = [mount, switchOnAll, switchOn, enableFormat, registerOwn];

/**
 * F: the kernel opens qemu now, so it is found from inside every chroot and container. A must.
 * P: programs see the argv[0] they were started with (`-bash`, busybox's applets).
 * O: the kernel hands over the opened program, so those that may be run but not read work.
 * Not C, which would let setuid programs keep their rights under emulation: qemu obeys its
 * environment (QEMU_GDB, QEMU_LD_PREFIX, ...) also in front of such a program, so that any local
 * user who can reach a `sudo` in some image's tree would be root on the host. Stage scripts run
 * as root and do not need it; Debian's own registration (`credentials no`) leaves it out as well.
 */
export const ownFlags = "OPF";

async function mount({ exec, directory }: Host, { state }: BinfmtStatus): Promise<void> {
  if (state === "no-binfmt-misc") await mountBinfmt(exec, directory);
}

async function switchOnAll(host: Host, { state, handler }: BinfmtStatus): Promise<void> {
  if (state !== "disabled" || !handler?.enabled) return;
  await setSwitch(host, "status");
}

/** One that somebody else, or `repair`, left switched off is good only if nothing is wrong with it. */
async function switchOn(host: Host, { state, handlers }: BinfmtStatus): Promise<void> {
  const good = handlers.find(({ enabled, defect }) => !enabled && defect === undefined);
  if (state === "disabled" && good !== undefined) await setSwitch(host, good.name);
}

/** binfmt-support has its own list of what is on, and speaks to the machine's binfmt_misc alone. */
async function enableFormat(host: Host, { handlers }: BinfmtStatus): Promise<void> {
  const { arch, exec, directory, formats, journal } = host;
  if (findProgram("update-binfmts") === undefined || directory !== binfmtDirectory) return;
  const known = new Set(handlers.map(({ name }) => name));
  const name = (await usableFormats(arch, formats)).find((format) => !known.has(format));
  if (name === undefined) return;
  const remembered = await readChanges(journal);
  await remember(journal, { arch, kind: "format-enabled", name });
  const args = ["--admindir", formats, "--enable", name];
  // 2: it knows two formats for one magic, and takes neither. There is a way without it.
  const { exitCode } = await exec.run({ program: "update-binfmts", args, allowExit: [2] });
  if (exitCode !== 0) await writeChanges(journal, remembered);
}

/** Being the newest, it is taken in place of all that does not work; that stays as it is. */
async function registerOwn({ arch, directory }: Host): Promise<void> {
  const interpreter = await findQemu(arch);
  const name = ownHandlerNames[arch];
  // Ours is broken if it is there at all; the kernel refuses a second one of the name.
  await removeHandler(directory, name);
  await addHandler(directory, { name, ...elfPatterns[arch], interpreter, flags: ownFlags });
}

async function setSwitch({ arch, directory, journal }: Host, name: string): Promise<void> {
  await remember(journal, { arch, kind: "switched-on", name });
  await switchHandler(directory, name, true);
}
