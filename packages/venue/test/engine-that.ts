import { PibuildError } from "@pibuild/core";
import type { Engine } from "../src/engine/engine.ts";

/** An engine that answers calls; one that says nothing failed. */
export function engineThat(
  answer: (args: string) => string | undefined,
): Engine & { calls: string[] } {
  const calls: string[] = [];
  return {
    name: "docker",
    calls,
    async call(args, { allowExit = [] } = {}) {
      calls.push(args.join(" "));
      const stdout = answer(args.join(" "));
      if (stdout !== undefined) return { exitCode: 0, stdout, stderr: "", durationMs: 0 };
      if (allowExit.includes(1)) return { exitCode: 1, stdout: "", stderr: "", durationMs: 0 };
      const tail = ["mount: permission denied", "", "Run 'docker run --help' for more information"];
      throw new PibuildError("COMMAND_FAILED", { command: "docker", exitCode: 1, tail });
    },
  };
}
