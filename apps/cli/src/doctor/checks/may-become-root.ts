import type { Check } from "../check.ts";

/** Steps mount and chroot, which are root's. */
export const mayBecomeRoot: Check = {
  name: "root",
  asks: "Whether steps can be run as root",
  warns: "",
  fails: "this user is not root, and there is no sudo",
  mended: "run as root, or install sudo",
  mends: false,
  on: "linux",
  async examine({ host }) {
    if (host.root) return { status: "ok", detail: "running as root" };
    if (host.program("sudo") !== undefined) return { status: "ok", detail: "sudo is there" };
    const fix = "run as root, or install sudo";
    return { status: "fail", detail: "not root, and no sudo", fix };
  },
};
