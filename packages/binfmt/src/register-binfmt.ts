import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Exec, findProgram, PibuildError, requirePrograms } from "@pibuild/core";
import {
  type BinfmtOptions,
  type BinfmtStatus,
  binfmtDirectory,
  binfmtStatus,
} from "./binfmt-status.ts";
import { elfPatterns } from "./foreign-arch.ts";
import { registerLine } from "./register-line.ts";

/** The name of our entry; those of distributions are never touched. */
export const ownHandlerName = "pibuild-aarch64";

/**
 * F: the kernel opens qemu now, so it is found from inside every chroot and container. A must.
 * P: programs see the argv[0] they were started with (`-bash`, busybox's applets).
 * O: the kernel hands over the opened program, so those that may be run but not read work.
 * Not C, which would let setuid programs keep their rights under emulation: qemu obeys its
 * environment (QEMU_GDB, QEMU_LD_PREFIX, ...) also in front of such a program, so that any local
 * user who can reach a `sudo` in some image's tree would be root on the host. Stage scripts run
 * as root and do not need it; Debian's own registration (`credentials no`) leaves it out as well.
 */
const flags = "OPF";

/**
 * Makes arm64 programs run on this host, and gives the state after it. Does nothing where they
 * already do. Throws ENV_NEEDS_ROOT, ENV_TOOL_MISSING without qemu, ENV_BINFMT_MISSING where the
 * kernel refuses. The registration lasts until the host is shut down.
 */
export async function registerBinfmt(
  arch: "arm64",
  exec: Exec,
  options: BinfmtOptions = {},
): Promise<BinfmtStatus> {
  const directory = options.directory ?? binfmtDirectory;
  let status = await binfmtStatus(arch, options);
  if (runs(status)) return status;
  if (process.getuid?.() !== 0) {
    throw new PibuildError("ENV_NEEDS_ROOT", { task: `registering a handler for ${arch}` });
  }
  try {
    if (status.state === "no-binfmt-misc") {
      const args = ["-t", "binfmt_misc", "binfmt_misc", directory];
      await exec.run({ program: "mount", args });
      status = await binfmtStatus(arch, options);
    }
    if (status.state === "disabled") {
      // Somebody's handler, or all of them, are there and only switched off.
      await writeFile(join(directory, status.handler?.name ?? "status"), "1");
      status = await binfmtStatus(arch, options);
    }
    if (!runs(status)) await register(directory);
  } catch (error) {
    if (error instanceof PibuildError && error.code === "ENV_TOOL_MISSING") throw error;
    throw new PibuildError("ENV_BINFMT_MISSING", { arch, detail: status.detail }, { cause: error });
  }
  const after = await binfmtStatus(arch, options);
  if (!runs(after)) throw new PibuildError("ENV_BINFMT_MISSING", { arch, detail: after.detail });
  return after;
}

async function register(directory: string): Promise<void> {
  requirePrograms(["qemu-aarch64-static"]);
  const interpreter = findProgram("qemu-aarch64-static") ?? "";
  // Ours is broken if it is there at all; the kernel refuses a second one of the name.
  await writeFile(join(directory, ownHandlerName), "-1", { flag: "r+" }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    },
  );
  const line = registerLine({ name: ownHandlerName, ...elfPatterns.arm64, interpreter, flags });
  await writeFile(join(directory, "register"), line);
}

function runs({ state }: BinfmtStatus): boolean {
  return state === "native" || state === "usable";
}
