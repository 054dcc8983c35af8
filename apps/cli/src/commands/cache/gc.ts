import { collect } from "@pibuild/cache";
import { count, formatBytes } from "@pibuild/core";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../../context.ts";
import { jsonFlag } from "../common-parameters.ts";
import { openAsked } from "./open-asked.ts";

export const gc = buildCommand<{ readonly json: boolean }, [], CliContext>({
  docs: {
    brief: "Remove from your scope what no record there needs",
  },
  parameters: { flags: { json: jsonFlag } },
  async func(this: CliContext, { json }) {
    const { cache } = await openAsked(this);
    const { own } = cache.scopes;
    const { removed, kept, freedBytes } = await collect(cache.depot, own);
    if (json) {
      this.json({ schema: 1, scope: own, removed, kept, freedBytes });
      return;
    }
    const freed =
      freedBytes === undefined
        ? "the registry frees the bytes by itself"
        : `${formatBytes(freedBytes)} freed`;
    this.message(
      `scope ${own}: ${count(removed, "broken record")} removed, ${kept} kept; ${freed}`,
    );
  },
});
