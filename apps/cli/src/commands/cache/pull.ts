import { join } from "node:path";
import { findWorkspace } from "@pibuild/config";
import { everything, imageReader, openImage, planImage, takeResults } from "@pibuild/graph";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../../context.ts";
import { giveBack } from "../../privilege/give-back.ts";
import { imageParameter, jsonFlag } from "../common-parameters.ts";
import { openAsked } from "./open-asked.ts";
import { createTransfers } from "./transfers.ts";

interface PullFlags {
  readonly layers: boolean;
  readonly target?: string;
  readonly json: boolean;
}

export const pull = buildCommand<PullFlags, [image: string], CliContext>({
  docs: { brief: "Fetch what the cache has of an image, and build nothing" },
  parameters: {
    positional: imageParameter,
    flags: {
      layers: { kind: "boolean", brief: "Fetch its layers too", default: false },
      target: {
        kind: "parsed",
        parse: String,
        brief: "Fetch the files of this target, such as disk",
        optional: true,
      },
      json: jsonFlag,
    },
  },
  async func(this: CliContext, { layers, target = everything, json }, name) {
    await openAsked(this);
    const { env, signal } = this;
    const transfers = createTransfers(this);
    const workspace = await findWorkspace(this.start);
    const image = await imageReader({ workspace, name, env, signal })();
    const { emit } = transfers;
    const open = await openImage({ workspace, name, env, emit, signal, image });
    await open.context.scratch.prepare();
    await using _held = await open.context.scratch.hold();
    try {
      await takeResults(open, target);
    } finally {
      const made = ["dist", ".pibuild"].map((path) => join(workspace, path));
      await giveBack(env, made);
    }
    const { steps } = await planImage(open);
    const found = steps.flatMap(({ record }) => record ?? []);
    if (layers) for (const { layer } of found) await open.context.store.fetch(layer);
    transfers.tell(json, { "to be made here": steps.length - found.length });
    if (transfers.failed()) process.exitCode = 5;
  },
});
