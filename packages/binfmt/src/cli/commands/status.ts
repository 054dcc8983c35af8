import { buildCommand } from "@stricli/core";
import { containerStatus } from "../../container/container-binfmt.ts";
import { binfmtStatus } from "../../status/binfmt-status.ts";
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

export const status = buildCommand<ArchFlags & ContainerFlags, [], CliContext>({
  docs: {
    brief: "Show what is registered, and whether programs run; exit code 4 if some do not",
  },
  parameters: { flags: { ...archFlags, ...containerFlags } },
  async func(this: CliContext, flags) {
    const { exec, platform } = this;
    const archs = archsOf(flags);
    if (flags.container) {
      const found = await containerStatus(exec, containerOptions(flags));
      showContainer(this, archs, found, flags.json);
      return;
    }
    const found = [];
    for (const arch of archs) found.push(await binfmtStatus(arch, { exec, platform }));
    showStatus(this, found, flags.json);
  },
});
