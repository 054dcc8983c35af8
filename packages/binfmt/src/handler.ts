import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type ForeignArch, sampleHeaders } from "./foreign-arch.ts";

/** One entry of binfmt_misc that goes by a file's first bytes. */
export interface Handler {
  readonly name: string;
  readonly enabled: boolean;
  readonly interpreter: string;
  readonly flags: string;
  readonly offset: number;
  /** Hexadecimal, as the kernel shows it. */
  readonly magic: string;
  readonly mask?: string;
}

/** The kernel's binfmt_misc: undefined where it is not mounted in the directory. */
export async function readHandlers(
  directory: string,
): Promise<{ readonly enabled: boolean; readonly handlers: readonly Handler[] } | undefined> {
  const status = await readFile(join(directory, "status"), "utf8").catch(absent);
  if (status === undefined) return undefined;
  const names = (await readdir(directory)).filter((name) => !["register", "status"].includes(name));
  const handlers: Handler[] = [];
  for (const name of names.sort()) {
    // An entry may go away between the listing and the reading.
    const text = await readFile(join(directory, name), "utf8").catch(absent);
    const handler = text === undefined ? undefined : parseHandler(name, text);
    if (handler !== undefined) handlers.push(handler);
  }
  return { enabled: status.trim() === "enabled", handlers };
}

/** What the kernel says about an entry; undefined for one that goes by the file's extension. */
export function parseHandler(name: string, text: string): Handler | undefined {
  const field = (key: string) => new RegExp(`^${key}:? (.*)$`, "m").exec(text)?.[1]?.trim();
  const magic = field("magic");
  const interpreter = field("interpreter");
  if (magic === undefined || interpreter === undefined) return undefined;
  const mask = field("mask");
  return {
    name,
    enabled: text.startsWith("enabled"),
    interpreter,
    flags: field("flags") ?? "",
    offset: Number(field("offset") ?? 0),
    magic,
    ...(mask === undefined ? {} : { mask }),
  };
}

/**
 * Whether the kernel would give an architecture's programs to this handler. Decided as the kernel
 * does, by the bytes: names and masks differ between distributions and container images.
 */
export function handles({ magic, mask, offset }: Handler, arch: ForeignArch): boolean {
  const wanted = Buffer.from(magic, "hex");
  const bits = mask === undefined ? Buffer.alloc(wanted.length, 0xff) : Buffer.from(mask, "hex");
  return sampleHeaders(arch).every((header) =>
    wanted.every((byte, index) => {
      const bit = bits[index] ?? 0xff;
      return ((header[offset + index] ?? 0) & bit) === (byte & bit);
    }),
  );
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
  throw error;
}
