import { readElf, segmentType } from "./elf.ts";

/** Where the redirect looks for qemu in its own memory; the same in native/redirect.c. */
const qemuAddress = 0x1000_0000;
const pageSize = 4096;

/**
 * The redirect with qemu's file inside: the kernel holds the one file open, and so qemu is found
 * from every chroot and container. It is mapped, and costs nothing before it is used.
 */
export function embedQemu(redirect: Buffer, qemu: Buffer): Buffer {
  const offset = Math.ceil(redirect.length / pageSize) * pageSize;
  const whole = Buffer.concat([redirect, Buffer.alloc(offset - redirect.length), qemu]);
  const spare = readElf(whole)?.segments.find(({ type }) => type === segmentType.note);
  if (spare === undefined) throw new Error("the redirect has no segment to spare");
  const readable = 4;
  whole.writeUInt32LE(segmentType.load, spare.header);
  whole.writeUInt32LE(readable, spare.header + 4);
  const fields = [offset, qemuAddress, qemuAddress, qemu.length, qemu.length, pageSize];
  fields.forEach((value, index) => {
    whole.writeBigUInt64LE(BigInt(value), spare.header + 8 + index * 8);
  });
  return whole;
}
