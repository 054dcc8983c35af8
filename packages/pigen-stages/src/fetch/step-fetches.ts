import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Fetch } from "@pibuild/core";
import { shellOf } from "../stage/shell-of.ts";
import type { Step } from "../step/step.ts";
import { findFetches } from "./find-fetches.ts";

/** What the scripts that a step runs fetch besides packages, each once. Scripts that those call are not read. */
export async function stepFetches({
  directory,
  actions,
}: Pick<Step, "directory" | "actions">): Promise<Fetch[]> {
  const found = new Map<string, Fetch>();
  for (const { kind, name } of actions) {
    if (kind !== "run" && kind !== "run-chroot" && kind !== "prerun") continue;
    const text = await readFile(join(directory, name), "utf8");
    if (shellOf(kind, text) === undefined) continue;
    for (const { command, host } of findFetches(text)) {
      found.set(`${command} ${host}`, { command, ...(host === undefined ? {} : { host }) });
    }
  }
  return [...found.values()];
}
