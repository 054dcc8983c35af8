/**
 * Whether one letter more, less or other, or two neighbours swapped, make one word of the other: for
 * Levenshtein a swap is two edits, and so is much that nobody types by mistake.
 */
export function isOneEdit(a: string, b: string): boolean {
  if (a === b) return false;
  let same = 0;
  while (same < a.length && a[same] === b[same]) same += 1;
  const [x, y] = [a.slice(same), b.slice(same)];
  return (
    x.slice(1) === y ||
    x === y.slice(1) ||
    x.slice(1) === y.slice(1) ||
    (x.length > 1 && x[0] === y[1] && x[1] === y[0] && x.slice(2) === y.slice(2))
  );
}
