import { didYouMean, PibuildError } from "@pibuild/core";

/** A target that the image does not have. */
export function unknownTarget(
  image: string,
  target: string,
  known: readonly string[],
): PibuildError {
  const near = didYouMean(target, known);
  const hint =
    near === undefined ? `its targets are ${known.join(", ")}` : `did you mean \`${near}\`?`;
  const message = `image \`${image}\` has no target \`${target}\``;
  return new PibuildError("USAGE", { message, hint });
}
