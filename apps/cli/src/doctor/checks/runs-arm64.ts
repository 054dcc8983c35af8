import { binfmtStatus, repairBinfmt } from "@pibuild/binfmt";
import { type Exec, findProgram, PibuildError } from "@pibuild/core";
import { isRoot } from "../../privilege/re-exec.ts";
import type { Check } from "../check.ts";

/** Whether programs of the images run here, also inside a chroot. */
export const runsArm64: Check = {
  name: "binfmt",
  asks: "Whether arm64 programs run here, also inside a chroot",
  warns: "",
  fails:
    "the handler for them (in binfmt_misc) is missing, switched off, lacks the flag F, or names an emulator that is gone or needs libraries; or a program was tried and did not run",
  mended:
    "registers a handler, and switches wrong ones off, until the machine shuts down; `npx @pibuild/binfmt undo` reverses it",
  mends: true,
  on: "linux",
  async examine({ exec }) {
    const { state, detail, fix } = await binfmtStatus("arm64", { exec });
    if (state === "native" || state === "usable") return { status: "ok", detail };
    return {
      status: "fail",
      detail,
      fix: fix?.join(" && ") ?? "pibuild doctor --fix",
      mend: () => (isRoot() ? repairBinfmt("arm64", exec).then(() => undefined) : askSudo(exec)),
    };
  },
};

/** Registering is for root; the command line has a task for it. */
async function askSudo(exec: Exec): Promise<void> {
  const task = "registering the handler for arm64 programs";
  if (findProgram("sudo") === undefined) throw new PibuildError("ENV_NEEDS_ROOT", { task });
  const self = [process.execPath, process.argv[1] ?? "", "task", "host", "binfmt"];
  await exec.run({ program: "sudo", args: ["--", ...self], interactive: true });
}
