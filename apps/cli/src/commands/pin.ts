import { join } from "node:path";
import { findWorkspace, loadPin, pinFileName } from "@pibuild/config";
import { createExec } from "@pibuild/core";
import { newerTags } from "@pibuild/pigen-source";
import { buildCommand, buildRouteMap } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { jsonFlag } from "./common-parameters.ts";

const check = buildCommand<{ readonly json: boolean }, [], CliContext>({
  docs: {
    brief: "Tell whether pi-gen has newer tags for the same release and architecture",
    fullDescription:
      "Also checks that the pinned tag is still the pinned commit. Changes nothing: to move the pin,\nedit pi-gen-pin.env.",
  },
  parameters: { flags: { json: jsonFlag } },
  async func(this: CliContext, { json }) {
    const workspace = await findWorkspace(this.start);
    const pin = await loadPin(join(workspace, pinFileName));
    const exec = createExec({ signal: this.signal });
    const { source, newer } = await newerTags(workspace, pin, { exec, env: this.env });
    const { tag, commit, release, arch } = pin;
    if (json) {
      const pinned = { tag, commit, release, arch };
      const report = { schema: 1, source: source.place, pinned, newer: newer ?? null };
      this.json(report);
    } else if (newer === undefined) {
      this.out(`${tag} has no date in its name, so newer tags cannot be told`);
    } else if (newer.length === 0) {
      this.out(`${tag} is the newest for ${release} on ${arch} at ${source.place}`);
    } else {
      this.out(`${tag} is pinned; newer for ${release} on ${arch} at ${source.place}:`);
      for (const row of newer) this.out(`  ${row.tag}  ${row.commit}`);
      this.message(
        `hint: to move the pin, set PI_GEN_TAG and PI_GEN_COMMIT in \`${pinFileName}\`, then run \`pibuild sync\``,
      );
    }
  },
});

export const pin = buildRouteMap<"check", CliContext>({
  routes: { check },
  docs: { brief: "The pinned commit of pi-gen" },
});
