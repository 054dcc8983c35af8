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
      brief: "A step or target, as `pibuild plan` lists them; without one, the whole last build",
      parse: String,
      placeholder: "step",
      optional: true,
    },
  ],
} as const;

export const jsonFlag = {
  kind: "boolean",
  brief: "Write one JSON document to standard output",
  default: false,
} as const;
