import type { BrokenRule } from "../rules.ts";
import { mapOf } from "../yaml-file.ts";

/** A `payload:` that no device could take. */
export function brokenPayloadRules(rawPayload: unknown, rawDisk: unknown): BrokenRule[] {
  if (rawPayload === undefined) return [];
  const { layout, board } = mapOf(rawDisk);
  const path = ["payload"];
  if (layout !== "ab6") {
    const message = "a payload goes to the slot that does not run, and this disk has no slots";
    return [{ path, message, hint: "leave it out, or choose `layout: ab6` for the disk" }];
  }
  if (board === undefined && mapOf(rawPayload).boards === undefined) {
    const message = "the payload does not say which boards it boots on";
    return [{ path, message, hint: "add `board:` to the disk, or `boards:` to the payload" }];
  }
  return [];
}
