import { venueOptions } from "@pibuild/venue";

/** Flags that are for the process outside of the container alone. */
const withValue = Object.values(venueOptions).flatMap(({ flag }) => [flag, camelCase(flag)]);

/**
 * A command line as it is given to pibuild in a container: the same, but for where it runs.
 * `drop` names flags without a value that the process outside sees to.
 */
export function innerArguments(argv: readonly string[], drop: readonly string[] = []): string[] {
  const kept: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? "";
    const name = /^--([^=]+)/.exec(word)?.[1];
    if (name === undefined) kept.push(word);
    else if (withValue.includes(name)) index += word.includes("=") ? 0 : 1;
    else if (!drop.includes(name)) kept.push(word);
  }
  return [...kept, "--venue", "native"];
}

function camelCase(flag: string): string {
  return flag.replaceAll(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
