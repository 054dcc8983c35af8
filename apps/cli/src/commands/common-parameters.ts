import { didYouMean, PibuildError } from "@pibuild/core";

export const imageParameter = {
  kind: "tuple",
  parameters: [
    { brief: "Name of an image: a directory in apps/", parse: String, placeholder: "image" },
  ],
} as const;

export const stepParameters = {
  kind: "tuple",
  parameters: [
    { brief: "Name of an image: a directory in apps/", parse: String, placeholder: "image" },
    { brief: "A step, as `pibuild plan` lists them", parse: String, placeholder: "step" },
  ],
} as const;

export const stepOrTarget = {
  kind: "tuple",
  parameters: [
    stepParameters.parameters[0],
    {
      brief: "A step or a target, as `pibuild plan` lists them",
      parse: String,
      placeholder: "step",
    },
  ],
} as const;

export const jsonFlag = {
  kind: "boolean",
  brief: "Write one JSON document to standard output",
  default: false,
} as const;

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
