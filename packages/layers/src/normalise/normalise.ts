import type { Stats } from "node:fs";
import { chmod, chown, lstat, lutimes, rm, truncate } from "node:fs/promises";
import type { Exec } from "@pibuild/core";
import { stripOverlayAttributes } from "../overlay/overlay-attributes.ts";
import { walk } from "../tree/walk.ts";
import { compilePattern, type NormaliseRule, normaliseRules } from "./rules.ts";

const compiled = normaliseRules.map((rule) => ({ ...rule, matches: compilePattern(rule.pattern) }));

/** The first rule that speaks of a path inside the image. */
export function ruleFor(path: string): NormaliseRule | undefined {
  return compiled.find(({ matches }) => matches.test(path));
}

/**
 * Makes a step's changes independent of when and where it ran: volatile files go (see the
 * rules), times later than `sourceDateEpoch` (seconds) become it, the overlay's bookkeeping goes.
 */
export async function normalise(
  exec: Exec,
  changes: { readonly rootfs: string; readonly work: string },
  sourceDateEpoch: number,
): Promise<void> {
  await stripOverlayAttributes(exec, [changes.rootfs, changes.work]);
  await applyRules(changes.rootfs);
  await clampTimes(changes.rootfs, sourceDateEpoch);
  await clampTimes(changes.work, sourceDateEpoch);
}

/** Applies the rules to a tree of changes. Whiteouts stay: a deletion is a change too. */
async function applyRules(root: string): Promise<void> {
  for await (const { path, inside, stats } of walk(root)) {
    if (!stats.isFile() && !stats.isSymbolicLink()) continue;
    const rule = ruleFor(inside);
    if (rule?.action === "remove") await rm(path);
    if (rule?.action === "empty" && stats.isFile() && stats.size > 0) await empty(path, stats);
  }
}

/** Truncation clears setuid bits and capabilities, which logs do not have; owner and mode stay. */
async function empty(path: string, stats: Stats): Promise<void> {
  await truncate(path, 0);
  await chown(path, stats.uid, stats.gid);
  await chmod(path, stats.mode & 0o7777);
}

async function clampTimes(root: string, sourceDateEpoch: number): Promise<void> {
  for await (const { path, stats } of walk(root)) {
    if (stats.mtimeMs > sourceDateEpoch * 1000)
      await lutimes(path, sourceDateEpoch, sourceDateEpoch);
  }
  const stats = await lstat(root);
  if (stats.mtimeMs > sourceDateEpoch * 1000) await lutimes(root, sourceDateEpoch, sourceDateEpoch);
}
