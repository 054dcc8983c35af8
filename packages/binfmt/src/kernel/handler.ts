import { type ForeignArch, sampleHeaders } from "../foreign-arch.ts";

/** One entry of binfmt_misc that goes by a file's first bytes. */
export interface Handler {
  readonly name: string;
  readonly enabled: boolean;
  readonly interpreter: string;
  /** Of P (argv[0] is kept), O (opened program), C (rights of the file), F (opened at once). */
  readonly flags: string;
  readonly offset: number;
  /** Hexadecimal, as the kernel shows it. */
  readonly magic: string;
  readonly mask?: string;
}

/** What the kernel says about an entry; undefined for one that goes by the file's extension. */
export function parseHandler(name: string, text: string): Handler | undefined {
  const field = (key: string) => new RegExp(`^${key} (.*)$`, "m").exec(text)?.[1];
  const magic = field("magic");
  const interpreter = field("interpreter");
  if (magic === undefined || interpreter === undefined) return undefined;
  const mask = field("mask");
  return {
    name,
    enabled: text.startsWith("enabled\n"),
    interpreter,
    flags: field("flags:") ?? "",
    offset: Number(field("offset") ?? 0),
    magic,
    ...(mask === undefined ? {} : { mask }),
  };
}

/**
 * Whether the kernel would give an architecture's programs to this handler. Decided as the kernel
 * does, by the bytes: names and masks differ between distributions and container images.
 */
export function handles(
  { magic, mask, offset = 0 }: Pick<Handler, "magic" | "mask"> & { readonly offset?: number },
  arch: ForeignArch,
): boolean {
  const wanted = Buffer.from(magic, "hex");
  const bits = mask === undefined ? Buffer.alloc(wanted.length, 0xff) : Buffer.from(mask, "hex");
  return sampleHeaders(arch).every((header) =>
    wanted.every((byte, index) => {
      const bit = bits[index] ?? 0xff;
      return ((header[offset + index] ?? 0) & bit) === (byte & bit);
    }),
  );
}
