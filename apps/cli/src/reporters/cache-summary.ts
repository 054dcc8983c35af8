import { count, type EventBody, formatBytes } from "@pibuild/core";

/** What a run had to do with the remote cache. */
export interface CacheFigures {
  /** Layers and results that it had. */
  readonly hits: number;
  readonly brought: number;
  readonly broughtBytes: number;
  readonly sent: number;
  readonly sentBytes: number;
  /** Records that were not believed, each with the reason. */
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
  readonly failures: readonly string[];
}

/** Collects what events say of the remote cache. Every target looks its whole chain up: each thing counts once. */
export function createCacheSummary() {
  const hits = new Set<string>();
  const brought = new Map<string, number>();
  const sent = new Map<string, number>();
  const refused = new Map<string, string>();
  const failures = new Set<string>();
  const figures = (): CacheFigures => ({
    hits: hits.size,
    brought: brought.size,
    broughtBytes: sum(brought),
    sent: sent.size,
    sentBytes: sum(sent),
    refused: [...refused].map(([name, reason]) => ({ name, reason })),
    failures: [...failures],
  });
  return {
    report(event: EventBody): void {
      if (event.type === "cache-hit") hits.add(event.what);
      if (event.type === "cache-brought") add(brought, event);
      if (event.type === "cache-sent") add(sent, event);
      if (event.type === "cache-refused") refused.set(event.name, event.reason);
      if (event.type === "cache-failed") failures.add(event.reason);
    },
    /** Undefined where there was nothing to tell. */
    figures: () => (isEmpty(figures()) ? undefined : figures()),
    /** One line for people. */
    line(): string | undefined {
      const now = figures();
      if (isEmpty(now)) return undefined;
      const parts = [
        count(now.hits, "hit"),
        ...(now.brought > 0 ? [`${now.brought} brought (${formatBytes(now.broughtBytes)})`] : []),
        ...(now.sent > 0 ? [`${now.sent} sent (${formatBytes(now.sentBytes)})`] : []),
        ...(now.refused.length > 0 ? [`${now.refused.length} refused`] : []),
        ...now.failures,
      ];
      return `cache: ${parts.join(", ")}`;
    },
  };
}

function add(to: Map<string, number>, { what, bytes }: { what: string; bytes: number }): void {
  to.set(what, (to.get(what) ?? 0) + bytes);
}

function sum(bytes: ReadonlyMap<string, number>): number {
  return [...bytes.values()].reduce((all, each) => all + each, 0);
}

function isEmpty({ hits, brought, sent, refused, failures }: CacheFigures): boolean {
  return hits + brought + sent + refused.length + failures.length === 0;
}
