/** JSON data with one of its values, counted through from the outermost, replaced: what a fuzz test makes of good data. */
export function replaceNth(data: unknown, n: number, by: unknown): unknown {
  let left = n;
  const visit = (value: unknown): unknown => {
    if (left-- === 0) return by;
    if (Array.isArray(value)) return value.map(visit);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, visit(item)]));
  };
  return visit(data);
}
