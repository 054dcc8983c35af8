import type { Emit } from "@pibuild/core";
import type { CliContext } from "../context.ts";
import { describeEvent } from "./describe-event.ts";

/** Says what is wrong with the remote cache, for commands that only look: their answer may be another without it. */
export function cacheWords(context: Pick<CliContext, "message" | "cwd">): Emit {
  return (event) => {
    if (event.type !== "cache-failed" && event.type !== "cache-refused") return;
    const line = describeEvent(event, context.cwd);
    if (line !== undefined) context.message(line);
  };
}
