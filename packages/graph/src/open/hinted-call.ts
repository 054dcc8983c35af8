import { secretNames } from "@pibuild/config";
import { formatCommand, shellQuote } from "@pibuild/core";

/** The variable by which a pibuild in a container knows the flags that lead there from outside. */
export const callFlagsVariable = "PIBUILD_CALL_FLAGS";

/** Variables without which an image may not even be read; of secrets they name files. */
const needed = [
  "PIGEN_DIR",
  ...secretNames.map((name) => `${name}_FILE`),
  "PIBUILD_SECRET_KEY_FILE",
];

/** A command of pibuild as a person types it to see what the caller's variables and flags have led to. */
export function hintedCall(words: readonly string[], env: NodeJS.ProcessEnv): string {
  const set = needed.flatMap((name) => (env[name] ? [`${name}=${shellQuote(env[name])}`] : []));
  const flags = env[callFlagsVariable] ?? "";
  const call = formatCommand(["pibuild", ...words]);
  return [...set, call, ...(flags === "" ? [] : [flags])].join(" ");
}
