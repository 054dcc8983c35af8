import { findWorkspace } from "@pibuild/config";
import { PibuildError } from "@pibuild/core";
import { listOutages, type Outage, readOutage, resolveOutage } from "@pibuild/outages";
import { buildCommand, buildRouteMap } from "@stricli/core";
import type { CliContext } from "../../context.ts";
import { outageText } from "../../outages/outage-text.ts";
import { jsonFlag } from "../common-parameters.ts";

interface JsonFlags {
  readonly json: boolean;
}

const idParameter = {
  brief: "An outage, as `pibuild outages list` shows it",
  parse: String,
  placeholder: "outage",
} as const;

const list = buildCommand<JsonFlags & { readonly all: boolean }, [], CliContext>({
  docs: { brief: "List failures that builds did not cause, such as of mirrors, newest first" },
  parameters: {
    flags: {
      all: { kind: "boolean", brief: "Also list resolved ones", default: false },
      json: jsonFlag,
    },
  },
  async func(this: CliContext, { all, json }) {
    const found = await listOutages(await findWorkspace(this.start));
    const shown = found.filter(({ resolution }) => all || resolution === "");
    if (json) return this.json({ schema: 1, outages: shown });
    for (const { id, component, rootCause, resolution } of shown)
      this.out(`${id}  ${component}  ${resolution === "" ? "open" : "resolved"}  ${rootCause}`);
  },
});

const show = buildCommand<JsonFlags, [id: string], CliContext>({
  docs: { brief: "Show one outage: what failed, what was tried, and what helped" },
  parameters: {
    positional: { kind: "tuple", parameters: [idParameter] },
    flags: { json: jsonFlag },
  },
  async func(this: CliContext, { json }, id) {
    print(this, json, await readOutage(await findWorkspace(this.start), id));
  },
});

const resolve = buildCommand<JsonFlags, [id: string, resolution: string], CliContext>({
  docs: { brief: "Record what helped against an outage" },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        idParameter,
        { brief: "What helped, in a sentence", parse: String, placeholder: "resolution" },
      ],
    },
    flags: { json: jsonFlag },
  },
  async func(this: CliContext, { json }, id, resolution) {
    if (resolution.trim() === "")
      throw new PibuildError("USAGE", { message: "say what helped, in a sentence" });
    print(this, json, await resolveOutage(await findWorkspace(this.start), id, resolution.trim()));
  },
});

function print(context: CliContext, json: boolean, outage: Outage): void {
  if (json) context.json({ schema: 1, ...outage });
  else for (const line of outageText(outage)) context.out(line);
}

export const outages = buildRouteMap<"list" | "show" | "resolve", CliContext>({
  routes: { list, show, resolve },
  docs: { brief: "Failures that builds did not cause, such as of mirrors" },
});
