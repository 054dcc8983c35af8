/** What may be a variable's name in a text, in code and in prose. */
export interface Names {
  readonly words: ReadonlySet<string>;
  /** What is put before, and behind, something that only a run tells, as in `TARGET_$part`. */
  readonly beginnings: readonly string[];
  readonly endings: readonly string[];
}

/** Reads a text once for all names that are to be looked for. */
export function namesIn(text: string): Names {
  const beginnings = text.matchAll(/(?<!\w)[A-Za-z]\w*_(?=["']?\s*[$%{+.])/g);
  const endings = text.matchAll(/(?<=[}"')])(?:_[A-Za-z0-9]+)+(?!\w)/g);
  return {
    words: new Set(text.match(/\w+/g)),
    beginnings: [...beginnings].map(([piece]) => piece),
    endings: [...endings].map(([piece]) => piece),
  };
}

/** Whether a text names a variable, or has a piece of its name beside what may make the rest. */
export function mayName({ words, beginnings, endings }: Names, name: string): boolean {
  return (
    words.has(name) ||
    beginnings.some((piece) => name.startsWith(piece)) ||
    endings.some((piece) => name.endsWith(piece))
  );
}
