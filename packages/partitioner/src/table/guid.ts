/** Types of partitions, as entries of a GPT name them: UEFI 2.10 table 5.7, and Linux's own. */
export const typeGuids = {
  fat32: "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7",
  ext4: "0fc63daf-8483-4772-8e79-3d69d8477de4",
} as const;

/** The 16 bytes of a GUID: its first three parts are little-endian (UEFI 2.10, appendix A). */
export function encodeGuid(guid: string): Buffer {
  const bytes = Buffer.from(guid.replaceAll("-", ""), "hex");
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}

/** The text of a GUID's 16 bytes, in lower case. */
export function decodeGuid(bytes: Uint8Array): string {
  const copy = Buffer.from(bytes.subarray(0, 16));
  copy.subarray(0, 4).reverse();
  copy.subarray(4, 6).reverse();
  copy.subarray(6, 8).reverse();
  return copy.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
