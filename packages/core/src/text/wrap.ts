/** Colours and the like, which take no column. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they begin with ESC
const escapes = /\u001b\[[\d;]*[A-Za-z]/g;
/** What a line is broken between: a command in backticks is one word, so that it can be copied. */
const words = /(?:`[^`]*`|[^\s`]|`)+/g;
/** Where the text of a line may begin: after a label, or after what stands in a column of its own. */
const starts = /^(?:error|warning|hint|note|stopped): |\S {2,}(?=\S)/g;
/** A quoted line of a program. */
const quoted = /^\s*\|/;
/** What points at a place in the line above. */
const squiggle = /^\s*~+$/;

/**
 * A text for a terminal of so many columns: lines that are longer are broken between words, and go on
 * below where their text begins. Words are never broken, nor what is quoted: a program's output, and a
 * line of a file of which the next one marks a part.
 */
export function wrapText(text: string, columns: number): string {
  const lines = text.split("\n");
  return lines
    .map((line, index) => {
      const isQuoted = quoted.test(line) || squiggle.test(lines[index + 1] ?? "");
      return isQuoted || widthOf(line) <= columns ? line : wrapLine(line, columns);
    })
    .join("\n");
}

function wrapLine(line: string, columns: number): string {
  const start = startOf(line, columns);
  const leading = /^ */.exec(line)?.[0].length ?? 0;
  // A column in the right half of the terminal leaves too little for words.
  const indent = leading > columns / 2 ? 2 : leading;
  const hanging = " ".repeat(start ?? indent + 2);
  const broken: string[] = [];
  let current = start === undefined ? " ".repeat(indent) : line.slice(0, start);
  let isEmpty = true;
  for (const [word] of line.slice(start ?? leading).matchAll(words)) {
    if (!isEmpty && widthOf(current) + 1 + widthOf(word) > columns) {
      broken.push(current);
      current = hanging;
      isEmpty = true;
    }
    current += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...broken, current].join("\n");
}

/** The last column in the left half where a text begins; undefined for a line that has none there. */
function startOf(line: string, columns: number): number | undefined {
  const found = [...line.matchAll(starts)].map(({ index, 0: { length } }) => index + length);
  return found.findLast((start) => start <= columns / 2);
}

function widthOf(text: string): number {
  return text.replace(escapes, "").length;
}
