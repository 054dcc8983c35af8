import { prune as pruneScope } from "@pibuild/cache";
import { count, PibuildError } from "@pibuild/core";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../../context.ts";
import { jsonFlag } from "../common-parameters.ts";
import { openAsked } from "./open-asked.ts";

interface PruneFlags {
  readonly older: number;
  readonly dryRun: boolean;
  readonly json: boolean;
}

const dayMs = 24 * 60 * 60 * 1000;

export const prune = buildCommand<PruneFlags, [], CliContext>({
  docs: {
    brief: "Remove old records from your scope",
    fullDescription:
      "A registry frees the space at its next garbage collection; for a directory, run `pibuild cache gc`. PIBUILD_CACHE_SCOPE names another scope.",
  },
  parameters: {
    flags: {
      older: {
        kind: "parsed",
        parse: parseDays,
        brief: "Remove records that were sent at least so many days ago",
        placeholder: "days",
        default: "30",
      },
      dryRun: { kind: "boolean", brief: "Only print how many", default: false },
      json: jsonFlag,
    },
  },
  async func(this: CliContext, { older, dryRun, json }) {
    const { cache } = await openAsked(this);
    const { own } = cache.scopes;
    const beforeMs = Date.now() - older * dayMs;
    const { removed, kept } = await pruneScope(cache.depot, own, { beforeMs, dryRun });
    if (json) this.json({ schema: 1, scope: own, removed, kept, dryRun });
    else
      this.message(
        `scope ${own}: ${count(removed, "record")} ${dryRun ? "would go" : "removed"}, ${kept} kept`,
      );
  },
});

function parseDays(text: string): number {
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text);
  throw new PibuildError("USAGE", { message: `--older takes a number of days, not \`${text}\`` });
}
