/** The numbers of docs/kn86fw.md. */
export const blockBytes = 4096;
export const sectorBytes = 512;
export const manifestLimit = 64 * 1024;
export const signatureLimit = 8;
export const signatureBytes = 64;
export const indexLimit = 16 * 1024 ** 2;
/** A ustar member's size has 11 octal digits. */
export const memberLimit = 8 * 1024 ** 3 - 1;
export const smallestChunk = blockBytes;
export const largestChunk = 4 * 1024 ** 2;
export const usualChunk = 2 * 1024 ** 2;
/** Of a frame, as the logarithm that zstd takes: 4 MiB. */
export const windowLog = 22;
export const cmdlineBytes = sectorBytes;

/** The longest frame that `raw` bytes may have. */
export function frameLimit(raw: number): number {
  return raw + Math.floor(raw / 128) + 128;
}
