const factors: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};

/** How a size is written: a number, with a unit or in bytes. */
export const sizePattern = /^\d+(?:\.\d+)? ?(?:B|KB|MB|GB|KiB|MiB|GiB)?$/;

/**
 * Bytes of a size such as `512MiB`, `1.5 GiB`, `8GB` or `1048576`.
 * Undefined where the text is no size, or no whole number of bytes.
 */
export function parseSize(size: string | number): number | undefined {
  const text = String(size);
  if (!sizePattern.test(text)) return undefined;
  const amount = Number.parseFloat(text);
  const unit = text.replace(/^[\d.]+ ?/, "");
  const bytes = amount * (factors[unit === "" ? "B" : unit] ?? Number.NaN);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
