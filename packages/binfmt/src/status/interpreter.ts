import { open } from "node:fs/promises";
import { readElf, segmentType } from "../twin/elf.ts";

/** Headers lie at the beginning of what linkers make; in bytes. */
const headerBytes = 4096;

/**
 * What an interpreter is to a chroot: `dynamic` ones look for their loader and libraries there and
 * find none. What is no ELF file of this kind of machine counts as `static`: nothing speaks against it.
 */
export async function interpreterKind(path: string): Promise<"missing" | "dynamic" | "static"> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headerBytes), 0, headerBytes, 0);
    const segments = readElf(buffer.subarray(0, bytesRead))?.segments ?? [];
    return segments.some(({ type }) => type === segmentType.interpreter) ? "dynamic" : "static";
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return "missing";
    if (code === "EACCES" || code === "EPERM") return "static";
    throw error;
  }
}
