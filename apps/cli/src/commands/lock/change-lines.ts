import type { LockChange } from "@pibuild/mirrors";
import type { CliContext } from "../../context.ts";

/** One line for each change: what came, went, or is another. */
export function changeLines(changes: readonly LockChange[]): string[] {
  return changes.map(({ what, name, from, to }) => {
    if (from === undefined) return `added    ${what}  ${name}  ${to}`;
    if (to === undefined) return `removed  ${what}  ${name}  ${from}`;
    return `changed  ${what}  ${name}  ${from}  ->  ${to}`;
  });
}

export function printChanges(
  context: CliContext,
  json: boolean,
  changes: readonly LockChange[],
): void {
  if (json) context.json({ schema: 1, changes });
  else for (const line of changeLines(changes)) context.out(line);
}
