/** The Castagnoli polynomial, bits reversed: RFC 3720, appendix B.4. */
const polynomial = 0x82f63b78;

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) {
    value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
  }
  return value;
});

/**
 * CRC-32C of some bytes, going on from `seed`, without inverting the result: ext4 chains its sums
 * that way (linux/fs/ext4/ext4.h, `ext4_chksum`). node:zlib's crc32 has another polynomial.
 */
export function crc32c(bytes: Uint8Array, seed = 0xffffffff): number {
  let sum = seed;
  for (const byte of bytes) sum = (sum >>> 8) ^ (table[(sum ^ byte) & 0xff] ?? 0);
  return sum >>> 0;
}
