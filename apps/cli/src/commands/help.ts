import { buildCommand } from "@stricli/core";
import type { CliContext } from "../context.ts";

/** `pibuild help build` is `pibuild build --help`; `call` runs the command line with other words. */
export function helpCommand(
  call: (context: CliContext, words: readonly string[]) => Promise<void>,
) {
  return buildCommand<Record<never, never>, string[], CliContext>({
    docs: { brief: "Say what a command does, with its arguments and flags" },
    parameters: {
      positional: {
        kind: "array",
        parameter: { brief: "A command", parse: String, placeholder: "command" },
      },
    },
    async func(this: CliContext, _flags, ...words) {
      await call(this, [...words, "--help"]);
    },
  });
}
