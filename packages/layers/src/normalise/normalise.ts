import {
  chmodSync,
  chownSync,
  lstatSync,
  lutimesSync,
  readFileSync,
  rmSync,
  type Stats,
  truncateSync,
} from "node:fs";
import type { Exec } from "@pibuild/core";
import type { ChangedTrees } from "../overlay/layer-stack.ts";
import { stripOverlayAttributes } from "../overlay/overlay-attributes.ts";
import { type Entry, walk } from "../tree/walk.ts";
import { compilePattern, type NormaliseRule, normaliseRules } from "./rules.ts";

const compiled = normaliseRules.map((rule) => ({ ...rule, matches: compilePattern(rule.pattern) }));

/** The first rule that speaks of a path inside the image. */
export function ruleFor(path: string): NormaliseRule | undefined {
  return compiled.find(({ matches }) => matches.test(path));
}

/**
 * Makes a step's changes independent of when and where it ran: volatile files go (see the
 * rules), times before 1970 and later than `sourceDateEpoch` (seconds) become it, the overlay's bookkeeping goes.
 */
export async function normalise(
  exec: Exec,
  changes: ChangedTrees,
  sourceDateEpoch: number,
): Promise<void> {
  const others = [changes.work, ...(changes.deploy === undefined ? [] : [changes.deploy])];
  await stripOverlayAttributes(exec, [changes.rootfs, ...others]);
  for (const entry of walk(changes.rootfs)) {
    if (applyRule(entry)) clampTime(entry.path, sourceDateEpoch);
  }
  for (const tree of others) for (const { path } of walk(tree)) clampTime(path, sourceDateEpoch);
  for (const root of [changes.rootfs, ...others]) clampTime(root, sourceDateEpoch);
}

/** Whether the entry stays. Whiteouts do: a deletion is a change too. */
function applyRule({ path, inside, stats }: Entry): boolean {
  if (!stats.isFile() && !stats.isSymbolicLink()) return true;
  // One character a byte: patterns are ASCII.
  const rule = ruleFor(inside.toString("latin1"));
  if (rule?.action === "remove") rmSync(path);
  if (rule?.action === "empty" && stats.isFile() && stats.size > 0 && !isExcepted(path, rule))
    empty(path, stats);
  return rule?.action !== "remove";
}

function isExcepted(path: Buffer, { except }: NormaliseRule): boolean {
  return except !== undefined && readFileSync(path, "utf8") === except;
}

/** Truncation clears setuid bits and capabilities, which logs do not have; owner and mode stay. */
function empty(path: Buffer, stats: Stats): void {
  truncateSync(path, 0);
  chownSync(path, stats.uid, stats.gid);
  chmodSync(path, stats.mode & 0o7777);
}

/** Read again: a rule may have changed the file, or what its directory holds. */
function clampTime(path: string | Buffer, sourceDateEpoch: number): void {
  const { mtimeMs } = lstatSync(path);
  // A layer has no time before 1970: it would come back as one after 2038.
  if (mtimeMs >= 0 && mtimeMs <= sourceDateEpoch * 1000) return;
  lutimesSync(path, sourceDateEpoch, sourceDateEpoch);
}
