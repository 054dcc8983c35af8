import { isPibuildError, type Redact } from "@pibuild/core";
import type { Cause } from "./classify.ts";
import type { Outage } from "./outage.ts";
import { readOutage, writeOutage } from "./outage-files.ts";

export interface OutageContext {
  readonly image: string;
  /** Hides what nobody may read. */
  readonly redact: Redact;
  /** What was tried, a line each. */
  readonly tried?: readonly string[];
  readonly now?: Date;
}

/**
 * Writes down a cause outside of a build, once a day for each; gives the file's path. One that is there already
 * gets what was tried besides; what a person wrote in it stays. Throws CONFIG_INVALID for a damaged one.
 */
export async function recordOutage(
  workspace: string,
  {
    component,
    slug,
    rootCause,
    remedy,
    code,
  }: Pick<Cause, "component" | "slug" | "rootCause" | "remedy"> & { readonly code?: string },
  { image, redact, tried = [], now = new Date() }: OutageContext,
): Promise<string> {
  const date = now.toISOString().slice(0, 10);
  const id = `${date}-${slug}`;
  const known = await readOutage(workspace, id).catch((error: unknown) => {
    if (isPibuildError(error, "CONFIG_MISSING")) return undefined;
    throw error;
  });
  const lines = [...tried, ...(remedy === undefined ? [] : [`advised: ${remedy}`])].map(redact);
  const outage: Outage = known ?? {
    ...{ id, date, component, rootCause: redact(rootCause), resolution: "" },
    references: code === undefined ? [] : [`error ${code}`],
    image,
  };
  const all = [...new Set([...(known?.tried ?? []), ...lines])];
  return writeOutage(workspace, { ...outage, ...(all.length === 0 ? {} : { tried: all }) });
}

/** Says what helped against an outage. Throws CONFIG_MISSING and CONFIG_INVALID. */
export async function resolveOutage(
  workspace: string,
  id: string,
  resolution: string,
): Promise<Outage> {
  const resolved = { ...(await readOutage(workspace, id)), resolution };
  await writeOutage(workspace, resolved);
  return resolved;
}
