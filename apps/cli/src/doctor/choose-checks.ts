import { didYouMean, PibuildError } from "@pibuild/core";
import type { Check } from "./check.ts";

/** The checks of these names, in the table's order; all where none is named. Throws USAGE. */
export function chooseChecks(checks: readonly Check[], names: readonly string[]): readonly Check[] {
  const known = checks.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const near = didYouMean(unknown, known);
    const hint =
      near === undefined ? `the checks are ${known.join(", ")}` : `did you mean \`${near}\`?`;
    throw new PibuildError("USAGE", { message: `there is no check \`${unknown}\``, hint });
  }
  return names.length === 0 ? checks : checks.filter(({ name }) => names.includes(name));
}
