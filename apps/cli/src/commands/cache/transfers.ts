import { type EventBody, formatBytes } from "@pibuild/core";
import type { CliContext } from "../../context.ts";
import { createCacheSummary } from "../../reporters/cache-summary.ts";
import { describeEvent } from "../../reporters/describe-event.ts";

/** Says what goes over the wire, and the sum of it at the end. */
export function createTransfers(context: CliContext) {
  const summary = createCacheSummary();
  return {
    emit(event: EventBody): void {
      if (!event.type.startsWith("cache-") && event.type !== "artifact-written") return;
      summary.report(event);
      const line = describeEvent(event, context.cwd);
      if (line !== undefined) context.message(line);
    },
    /** Whether the cache failed. */
    failed: () => (summary.figures()?.failures.length ?? 0) > 0,
    tell(json: boolean, more: object): void {
      const { brought, broughtBytes, sent, sentBytes, refused, failures } = summary.figures() ?? {
        ...{ brought: 0, broughtBytes: 0, sent: 0, sentBytes: 0, refused: [], failures: [] },
      };
      if (json) {
        const figures = { brought, broughtBytes, sent, sentBytes, refused, failures, ...more };
        context.json({ schema: 1, ...figures });
        return;
      }
      const moved = sent > 0 ? `${sent} sent (${formatBytes(sentBytes)})` : "";
      const came = brought > 0 ? `${brought} brought (${formatBytes(broughtBytes)})` : "";
      const rest = Object.entries(more).map(([name, value]) => `${value} ${name}`);
      context.message(`cache: ${[moved, came, ...rest].filter(Boolean).join(", ")}`);
    },
  };
}
