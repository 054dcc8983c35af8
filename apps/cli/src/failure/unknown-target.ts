import { didYouMean, PibuildError } from "@pibuild/core";

/** A target that the image does not have. */
export function unknownTarget(
  image: string,
  target: string,
  known: readonly string[],
): PibuildError {
  const near = didYouMean(target, known);
  const what =
    near === undefined ? `its targets are ${known.join(", ")}` : `did you mean \`${near}\`?`;
  return new PibuildError("USAGE", {
    message: `image \`${image}\` has no target \`${target}\`; ${what}`,
  });
}
