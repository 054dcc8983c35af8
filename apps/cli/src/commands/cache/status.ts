import { scopeFigures } from "@pibuild/cache";
import { count, formatBytes } from "@pibuild/core";
import { hostDirectories } from "@pibuild/host";
import { listRecords, mayLeave } from "@pibuild/layers";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../../context.ts";
import { jsonFlag } from "../common-parameters.ts";
import { openAsked } from "./open-asked.ts";

export const status = buildCommand<{ readonly json: boolean }, [], CliContext>({
  docs: { brief: "Show whether the remote cache answers, and what it holds" },
  parameters: { flags: { json: jsonFlag } },
  async func(this: CliContext, { json }) {
    const { cache } = await openAsked(this);
    const { depot, scopes, signer, trusted } = cache;
    const figures = [];
    for (const scope of scopes.reads) figures.push(await scopeFigures(depot, scope, trusted));
    const local = { layers: 0, mayLeave: 0 };
    for await (const record of listRecords(hostDirectories(this.env).store)) {
      local.layers += 1;
      if (mayLeave(record)) local.mayLeave += 1;
    }
    const writes = cache.writes();
    if (json) {
      const keys = { signs: signer?.publicText, trusts: trusted.length };
      const about = { schema: 1, cache: depot.name, kind: depot.kind, writes, ...keys };
      this.json({ ...about, own: scopes.own, scopes: figures, local });
      return;
    }
    this.out(
      `cache    ${depot.name} (${depot.kind}), ${writes ? "read and written" : "not written"}`,
    );
    for (const { scope, layers, results, tasks, refused, bytes } of figures) {
      const whose = scope === scopes.own ? "own" : "protected";
      const doubts = refused > 0 ? `, ${count(refused, "record")} not believed` : "";
      const ofTasks = tasks > 0 ? `, ${count(tasks, "task")}` : "";
      const holds = `${count(layers, "layer")}, ${count(results, "result")}${ofTasks}, ${formatBytes(bytes)}`;
      this.out(`scope    ${scope} (${whose}): ${holds}${doubts}`);
    }
    this.out(`signs    ${signer?.publicText ?? "no"}`);
    this.out(
      trusted.length > 0
        ? `trusts   ${count(trusted.length, "key")}`
        : "trusts   whoever may write there: `trust:` has no key",
    );
    this.out(`here     ${count(local.layers, "layer")}, of which ${local.mayLeave} may leave`);
  },
});
