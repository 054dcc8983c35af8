import { buildCommand } from "@stricli/core";
import { undoBinfmt } from "../../undo/undo-binfmt.ts";
import type { CliContext } from "../context.ts";
import { type ArchFlags, archFlags, archsOf } from "../flags.ts";
import { schema } from "../show.ts";

export const undo = buildCommand<ArchFlags, [], CliContext>({
  docs: { brief: "Undo what `register` and `repair` did, and nothing else" },
  parameters: { flags: archFlags },
  async func(this: CliContext, flags) {
    const undone = await undoBinfmt(archsOf(flags), this.exec);
    if (flags.json) {
      this.out(JSON.stringify({ schema, undone }, undefined, 2));
      return;
    }
    for (const { arch, what, name } of undone) this.out(`${arch}: ${what} ${name}`);
    if (undone.length === 0) this.message("there is nothing to undo");
  },
});
