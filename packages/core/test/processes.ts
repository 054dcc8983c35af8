import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { CommandResult } from "../src/exec/command.ts";
import { createExec, type ExecOptions } from "../src/exec/create-exec.ts";

/** Runs one of `scripts/` in a Node of its own. */
export async function runScript(
  name: string,
  args: readonly string[],
  onLine: (line: string) => void = () => {},
  options: ExecOptions = {},
): Promise<CommandResult> {
  return createExec(options).run({
    program: "node",
    args: [
      "--conditions=@pibuild/source",
      join(import.meta.dirname, "scripts", `${name}.ts`),
      ...args,
    ],
    onLine,
  });
}

/** Resolves when a condition holds; the test's time limit is what ends it otherwise. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await setTimeout(10);
}
