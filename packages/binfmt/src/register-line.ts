/** A handler as it is registered; magic and mask are hexadecimal. */
export interface Registration {
  readonly name: string;
  readonly magic: string;
  readonly mask: string;
  readonly interpreter: string;
  readonly flags: string;
  /** Where in the file the magic stands; its beginning where nothing is said. */
  readonly offset?: number;
}

/**
 * The text that binfmt_misc's `register` takes: `:name:M:offset:magic:mask:interpreter:flags`.
 * Its first character is the separator, so a path with a colon gets another one.
 */
export function registerLine(registration: Registration): string {
  const { name, magic, mask, interpreter, flags, offset } = registration;
  const separator = [":", "|", ",", "+"].find((sign) => !interpreter.includes(sign)) ?? ":";
  const fields = [
    name,
    "M",
    offset || "",
    escapeBytes(magic),
    escapeBytes(mask),
    interpreter,
    flags,
  ];
  return fields.map((field) => separator + field).join("");
}

function escapeBytes(hex: string): string {
  return hex.replaceAll(/../g, (byte) => `\\x${byte}`);
}
