/** Positional arguments of the commands that engines call. */
export type TargetArguments = [image: string, target: string];

export const parameters = {
  positional: {
    kind: "tuple",
    parameters: [
      { brief: "Name of an image", parse: String, placeholder: "image" },
      { brief: "Name of a target", parse: String, placeholder: "target" },
    ],
  },
} as const;
