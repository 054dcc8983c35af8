/** Bytes in a sector. Raspberry Pi firmware and SD cards count in 512. */
export const sectorBytes = 512;

/** Of bytes. */
export const MiB = 1024 * 1024;

/** The next multiple of `unit` that is not below `value`. */
export function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}
