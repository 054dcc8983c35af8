import { type Exec, findProgram, PibuildError } from "@pibuild/core";
import type { Check } from "../check.ts";

/** What layers are packed as, stacked with, and mounted through. */
const layerParts = ["overlay", "squashfs", "loop"];
/** pi-gen's build.sh mounts the disk that it makes; pibuild does not. */
const diskParts = ["vfat", "ext4"];

/** Whether the kernel has what layers are mounted with. */
export const kernelCanMount: Check = {
  name: "kernel",
  asks: "Whether the kernel has overlay, squashfs and loop, which layers need; for `--runner upstream` also vfat and ext4, which pi-gen's `build.sh` needs",
  warns:
    "one is not loaded, and the running kernel's modules are not here, so it is unknown whether it can be loaded; or there is no `/proc`",
  fails: "the running kernel has no such module",
  mended: "`modprobe`; after an update of the kernel a reboot; on Ubuntu `linux-modules-extra`",
  mends: true,
  on: "linux",
  async examine({ host, exec, needed }) {
    const parts = needed.upstream ? [...layerParts, ...diskParts] : layerParts;
    const { loaded, modules } = await host.kernel();
    if (loaded.length === 0) return { status: "warn", detail: "cannot be told without /proc" };
    const missing = parts.filter((name) => !loaded.includes(name));
    if (missing.length === 0) return { status: "ok", detail: parts.join(", ") };
    const lacking = missing.filter((name) => modules?.includes(name) === false);
    if (lacking.length > 0) {
      return {
        status: "fail",
        detail: `Linux ${host.release} has no ${lacking.join(", ")}`,
        fix: `apt-get install linux-modules-extra-${host.release}   (Ubuntu; elsewhere another kernel)`,
      };
    }
    if (modules !== undefined) {
      return { status: "ok", detail: `${parts.join(", ")} (loaded on use: ${missing.join(", ")})` };
    }
    return {
      status: "warn",
      detail: `not loaded: ${missing.join(", ")}; no modules of Linux ${host.release} are here`,
      fix: `modprobe -a ${missing.join(" ")}   (after an update of the kernel: reboot)`,
      mend: () => load(exec, host.root, missing),
    };
  },
};

async function load(exec: Exec, root: boolean, modules: readonly string[]): Promise<void> {
  const args = ["-a", ...modules];
  if (root) {
    await exec.run({ program: "modprobe", args });
    return;
  }
  if (findProgram("sudo") === undefined) {
    throw new PibuildError("ENV_NEEDS_ROOT", { task: "loading modules of the kernel" });
  }
  await exec.run({ program: "sudo", args: ["--", "modprobe", ...args], interactive: true });
}
