/** SemVer 2.0.0 without build metadata. */
export const versionPattern =
  /^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})(-(0|[1-9]\d{0,8}|\d*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9]\d{0,8}|\d*[A-Za-z-][0-9A-Za-z-]*))*)?$/;

/** Less than, equal to or greater than 0 as `a` precedes, equals or follows `b` (SemVer, item 11). */
export function compareVersions(a: string, b: string): number {
  const [numbersA, wordsA] = split(a);
  const [numbersB, wordsB] = split(b);
  const numbers = compareLists(numbersA, numbersB);
  if (numbers !== 0) return numbers;
  // What has a pre-release comes before what has none.
  if (wordsA.length === 0 || wordsB.length === 0) return wordsB.length - wordsA.length;
  return compareLists(wordsA, wordsB);
}

function split(version: string): [numbers: string[], words: string[]] {
  const dash = version.indexOf("-");
  const numbers = dash < 0 ? version : version.slice(0, dash);
  return [numbers.split("."), dash < 0 ? [] : version.slice(dash + 1).split(".")];
}

function compareLists(a: readonly string[], b: readonly string[]): number {
  for (const [index, wordA] of a.entries()) {
    const wordB = b[index];
    if (wordB === undefined) return 1;
    const order = compareWords(wordA, wordB);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareWords(a: string, b: string): number {
  const numeric = [a, b].map((word) => /^\d+$/.test(word));
  if (numeric[0] && numeric[1]) return Number(a) - Number(b);
  if (numeric[0] !== numeric[1]) return numeric[0] ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}
