import { inspectPayload, openPayload, openSource } from "@pibuild/kn86fw";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../../context.ts";
import { formatInspection } from "../../payload/describe.ts";
import { jsonFlag } from "../common-parameters.ts";
import { payloadParameter } from "./parameters.ts";

export const inspect = buildCommand<{ readonly json: boolean }, [payload: string], CliContext>({
  docs: {
    brief: "Show what a payload says about itself; nothing is verified",
    fullDescription: "`pibuild payload verify` checks signatures and content.",
  },
  parameters: { positional: payloadParameter, flags: { json: jsonFlag } },
  async func(this: CliContext, { json }, path) {
    await using file = await openSource({ path });
    const inspection = await inspectPayload(await openPayload(file, { trust: "anyone" }));
    if (json) this.json({ schema: 1, ...inspection });
    else for (const line of formatInspection(inspection)) this.out(line);
  },
});
