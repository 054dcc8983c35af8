import { type PigenTag, type Pin, parsePigenTag } from "@pibuild/config";
import type { PigenPlace } from "@pibuild/core";
import { checkTag } from "./check-tag.ts";
import { openGit } from "./git.ts";
import { remoteTags } from "./remote-tags.ts";
import { pigenSource } from "./source.ts";
import type { CheckoutOptions } from "./sync-checkout.ts";

/** A tag that could be pinned instead. */
export interface NewerTag {
  readonly tag: string;
  readonly commit: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
}

export interface PinReport {
  readonly source: PigenPlace;
  /** Oldest first; undefined where the pinned tag's name has no date to compare with. */
  readonly newer: readonly NewerTag[] | undefined;
}

/**
 * Asks the pin's source for tags of the same release and architecture with a later date. Changes
 * nothing. Throws PIGEN_UNREACHABLE, and as `syncCheckout` does where the pinned tag is missing
 * or has moved.
 */
export async function newerTags(
  workspace: string,
  pin: Pin,
  { exec, env = process.env }: CheckoutOptions,
): Promise<PinReport> {
  const source = pigenSource(workspace, pin, env);
  const tags = await remoteTags(openGit(exec, env), source);
  checkTag(pin, source, tags.get(pin.tag));
  const pinned = parsePigenTag(pin.tag);
  if (pinned === undefined) return { source: source.named, newer: undefined };
  const newer = [...tags].flatMap(([tag, commit]) => {
    const other = parsePigenTag(tag);
    return other !== undefined && isSuccessor(other, pinned)
      ? [{ tag, commit, date: other.date }]
      : [];
  });
  newer.sort((a, b) => (a.date < b.date ? -1 : 1));
  return { source: source.named, newer };
}

function isSuccessor(tag: PigenTag, of: PigenTag): boolean {
  return tag.release === of.release && tag.arch === of.arch && tag.date > of.date;
}
