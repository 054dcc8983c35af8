import type { Check } from "../check.ts";

const without = "plan, why, lint and inspect work all the same";

/** Whether root may do here what every step begins with. */
export const namespacesAreAllowed: Check = {
  name: "namespaces",
  asks: "Whether a step can have mounts and processes of its own (namespaces): root makes some, and removes them again",
  warns: "",
  fails: "there is no `/proc`, or the kernel refuses, as in a container without `CAP_SYS_ADMIN`",
  mended:
    "mount `/proc`; start a container with `--cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined`",
  mends: false,
  on: "linux",
  async examine({ host }) {
    const refusal = await host.namespacesRefused();
    if (refusal === undefined)
      return { status: "ok", detail: host.root ? "made and let go" : "only root can try" };
    if (refusal.kind === "no-proc")
      return {
        status: "fail",
        detail: `there is no /proc, so nothing can be built; ${without}`,
        fix: "mount -t proc proc /proc",
      };
    return {
      status: "fail",
      detail: `refused (${refusal.why}), so nothing can be built; ${without}`,
      fix: "in a container: start it with --cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined",
    };
  },
};
