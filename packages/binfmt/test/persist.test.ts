import { expect } from "vitest";
import { inNamespace, scenario } from "./namespace/in-namespace.ts";

const own = "/etc/binfmt.d/zz-pibuild-aarch64.conf";
const debian = "/usr/lib/binfmt.d/qemu-aarch64.conf";

inNamespace("systemd registers at a start what was made permanent", async ({ skip }) => {
  const seen = await scenario("persist");
  if ("why" in seen) return skip(seen.why);
  const ours = { file: own, state: "usable", taken: "pibuild-aarch64" };
  expect(seen).toEqual({
    nothing: ours,
    again: own,
    undone: [
      { arch: "arm64", what: "removed", name: "pibuild-aarch64" },
      { arch: "arm64", what: "file-removed", name: own },
    ],
    good: { file: debian, state: "usable", taken: "qemu-aarch64" },
    hidden: ours,
    unfixed: { state: "no-fix-flag", taken: "qemu-aarch64" },
    over: ours,
  });
});
