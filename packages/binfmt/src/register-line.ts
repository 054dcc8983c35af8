/** A handler as it is registered; magic and mask are hexadecimal. */
export interface Registration {
  readonly name: string;
  readonly magic: string;
  readonly mask: string;
  readonly interpreter: string;
  readonly flags: string;
}

/**
 * The text that binfmt_misc's `register` takes: `:name:M:offset:magic:mask:interpreter:flags`.
 * Its first character is the separator, so a path with a colon gets another one.
 */
export function registerLine({ name, magic, mask, interpreter, flags }: Registration): string {
  const separator = [":", "|", ",", "+"].find((sign) => !interpreter.includes(sign)) ?? ":";
  const fields = [name, "M", "", escapeBytes(magic), escapeBytes(mask), interpreter, flags];
  return fields.map((field) => separator + field).join("");
}

function escapeBytes(hex: string): string {
  return hex.replaceAll(/../g, (byte) => `\\x${byte}`);
}
