/** A handler as it is registered; magic and mask are hexadecimal. */
export interface Registration {
  readonly name: string;
  readonly magic: string;
  readonly mask?: string;
  readonly interpreter: string;
  readonly flags: string;
  /** Where in the file the magic stands; its beginning where nothing is said. */
  readonly offset?: number;
}

/** The kernel takes any character; the last one stands in no path. */
const separators = [":", "|", ",", "+", "\u0001"];

/**
 * The text that binfmt_misc's `register` takes: `:name:M:offset:magic:mask:interpreter:flags`.
 * Its first character is the separator, so a path with a colon gets another one.
 */
export function registerLine(registration: Registration): string {
  const { name, magic, mask = "", interpreter, flags, offset } = registration;
  const separator = separators.find((sign) => !`${name}${interpreter}`.includes(sign)) ?? ":";
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

/**
 * Reads such a text, as binfmt.d(5) files hold them. Undefined for one that goes by the file's
 * extension, and for what the kernel would not take.
 */
export function parseRegisterLine(line: string): Registration | undefined {
  const separator = line.charAt(0);
  const fields = line.slice(1).split(separator);
  if (separator === "" || fields.length !== 7) return undefined;
  const [name = "", type, offset = "", magic = "", mask = "", interpreter = "", flags = ""] =
    fields;
  if (name === "" || type !== "M" || magic === "" || interpreter === "") return undefined;
  if (!/^\d*$/.test(offset)) return undefined;
  return {
    name,
    magic: unescapeBytes(magic),
    ...(mask === "" ? {} : { mask: unescapeBytes(mask) }),
    interpreter,
    flags: flags.trim(),
    ...(Number(offset) === 0 ? {} : { offset: Number(offset) }),
  };
}

function escapeBytes(hex: string): string {
  return hex.replaceAll(/../g, (byte) => `\\x${byte}`);
}

/** Bytes may be escaped or stand for themselves. */
function unescapeBytes(text: string): string {
  const parts = text.match(/\\x[\da-fA-F]{2}|./gsu) ?? [];
  return parts
    .map((part) =>
      part.length === 4 ? part.slice(2).toLowerCase() : Buffer.from(part).toString("hex"),
    )
    .join("");
}
