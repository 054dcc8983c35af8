import { buildCommand } from "@stricli/core";
import { registerInContainer } from "../../container/container-binfmt.ts";
import { persistBinfmt } from "../../persist/persist-binfmt.ts";
import { registerBinfmt } from "../../register/register-binfmt.ts";
import { repairBinfmt } from "../../repair/repair-binfmt.ts";
import type { CliContext } from "../context.ts";
import {
  type ArchFlags,
  archFlags,
  archsOf,
  type ContainerFlags,
  containerFlags,
  containerOptions,
} from "../flags.ts";
import { showContainer, showStatus } from "../show.ts";

interface RegisterFlags extends ArchFlags, ContainerFlags {
  readonly persist: boolean;
}

export const register = command("register", {
  brief: "Make programs of other architectures run; change nothing if they do already",
  fullDescription: [
    "A handler that is there but switched off is switched on. Otherwise one of ours is added, which",
    "the kernel prefers to all others. With --container, and always outside of Linux, a privileged",
    "container does this. `undo` reverses it.",
  ].join("\n"),
});

export const repair = command("repair", {
  brief: "Make programs of other architectures run, and switch off every other handler for them",
  fullDescription: [
    "Does what `register` does. Also switches off handlers that are wrong or hidden by another one, so",
    "that one is left for each architecture. `undo` switches them on again. With --container, broken",
    "handlers that have the names of the container's own are replaced for good.",
  ].join("\n"),
});

function command(
  verb: "register" | "repair",
  docs: { readonly brief: string; readonly fullDescription: string },
) {
  return buildCommand<RegisterFlags, [], CliContext>({
    docs,
    parameters: {
      flags: {
        ...archFlags,
        ...containerFlags,
        persist: {
          kind: "boolean",
          brief: "Also register when this machine starts, with a file in /etc/binfmt.d",
          default: false,
        },
      },
    },
    async func(this: CliContext, flags) {
      const archs = archsOf(flags);
      if (flags.container || this.platform !== "linux") {
        const options = { ...containerOptions(flags), repair: verb === "repair" };
        const found = await registerInContainer(archs, this.exec, options);
        showContainer(this, archs, found, flags.json);
        return;
      }
      const act = verb === "repair" ? repairBinfmt : registerBinfmt;
      const found = [];
      for (const arch of archs) {
        found.push(await act(arch, this.exec));
        if (!flags.persist) continue;
        this.message(`${arch}: registered at every start by ${await persistBinfmt(arch)}`);
      }
      showStatus(this, found, flags.json);
    },
  });
}
