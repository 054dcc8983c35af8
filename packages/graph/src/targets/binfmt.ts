import { binfmtStatus, registerBinfmt } from "@pibuild/binfmt";
import { PibuildError } from "@pibuild/core";
import type { HostTarget } from "./target.ts";

/**
 * Registers the handler for the image's programs where it is missing. That needs root but no namespace:
 * it is for the host.
 */
export const binfmt: HostTarget = {
  ...{ kind: "host", name: "binfmt", after: [], needsRoot: false },
  brief: "Makes sure that this host runs the image's programs",
  async run(exec) {
    const { state, detail } = await binfmtStatus("arm64");
    if (state === "native" || state === "usable") return;
    if (process.getuid?.() !== 0) {
      throw new PibuildError("ENV_BINFMT_MISSING", { arch: "arm64", detail });
    }
    await registerBinfmt("arm64", exec);
  },
};
