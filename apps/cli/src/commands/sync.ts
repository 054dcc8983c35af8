import { join, relative } from "node:path";
import { findWorkspace, loadPin, pinFileName } from "@pibuild/config";
import { createExec, type EventBody } from "@pibuild/core";
import { syncCheckout } from "@pibuild/pigen-source";
import { buildCommand } from "@stricli/core";
import { syncTasks } from "../build/sync-tasks.ts";
import type { CliContext } from "../context.ts";
import { giveBack } from "../privilege/give-back.ts";
import { describeEvent } from "../reporters/describe-event.ts";
import { jsonFlag } from "./common-parameters.ts";

interface SyncFlags {
  readonly json: boolean;
  readonly turbo: boolean;
}

export const sync = buildCommand<SyncFlags, [], CliContext>({
  docs: {
    brief: "Fetch the pi-gen that pi-gen-pin.env names, or verify it if it was fetched before",
    fullDescription: [
      "Fetches pi-gen to .pibuild/pi-gen/<commit>. PI_GEN_SOURCE names a clone or a bare mirror to",
      "fetch from, in place of PI_GEN_REPO. Once pi-gen is there, no network is needed.",
    ].join("\n"),
  },
  parameters: {
    flags: {
      json: jsonFlag,
      turbo: {
        kind: "boolean",
        brief: "Write each image's tasks to package.json and turbo.json, and fetch nothing",
        default: false,
      },
    },
  },
  async func(this: CliContext, { json, turbo }) {
    const workspace = await findWorkspace(this.start);
    if (turbo) return await syncTasks(this, workspace, json);
    const pin = await loadPin(join(workspace, pinFileName));
    const emit = (event: EventBody) => {
      const line = describeEvent(event, this.cwd);
      if (line !== undefined) this.message(line);
    };
    const exec = createExec({ signal: this.signal });
    const { tag } = pin;
    try {
      const { path, commit, fetched } = await syncCheckout(workspace, pin, {
        exec,
        env: this.env,
        emit,
      });
      if (this.env.PIGEN_DIR) {
        this.message(`note: PIGEN_DIR is set, so \`${this.env.PIGEN_DIR}\` is used and not this`);
      }
      if (json) {
        this.json({ schema: 1, tag, commit, path, fetched });
      } else {
        const state = fetched ? "fetched" : "there already, and unchanged";
        this.out(`pi-gen ${tag} is ${state}: ${relative(this.cwd, path)}`);
      }
    } finally {
      await giveBack(this.env, [join(workspace, ".pibuild")]);
    }
  },
});
