/** The file that a command of `pibuild payload` is about. */
export const payloadParameter = {
  kind: "tuple",
  parameters: [{ brief: "A payload: a file `.kn86fw`", parse: String, placeholder: "payload" }],
} as const;

export const keyFlag = {
  kind: "parsed",
  parse: String,
  brief: "A public key (PEM) whose signature counts; can be given more than once",
  variadic: true,
  placeholder: "file",
} as const;

export const levelFlag = {
  kind: "parsed",
  parse: parseLevel,
  brief: "Level of zstd, 1 (fast) to 19 (small)",
  default: "3",
} as const;

export const outputFlag = {
  kind: "parsed",
  parse: String,
  brief: "The file to write",
  placeholder: "file",
} as const;

function parseLevel(text: string): number {
  const level = Number(text);
  if (Number.isInteger(level) && level >= 1 && level <= 19) return level;
  throw new RangeError("a whole number from 1 to 19");
}

/** A whole number from 0, as text on the command line. */
export function parseCount(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new RangeError("a whole number");
}
