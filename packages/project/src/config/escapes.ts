const letters: Readonly<Record<string, string>> = {
  ...{ n: "\n", t: "\t", r: "\r", a: "\x07", b: "\b", e: "\x1b", E: "\x1b", f: "\f", v: "\v" },
  ...{ "\\": "\\", "'": "'", '"': '"', "?": "?" },
};
const escaped =
  /\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|([0-7]{1,3})|(.))/gs;

/** The text of bash's `$'...'`, whose escapes are as bash(1) lists them under QUOTING. */
export function unescapeText(text: string): string {
  return text.replace(escaped, (whole, x, u, long, octal, letter) => {
    const hex = x ?? u ?? long;
    if (hex !== undefined) return codeText(Number.parseInt(hex, 16));
    if (octal !== undefined) return codeText(Number.parseInt(octal, 8) % 256);
    return letters[letter] ?? whole;
  });
}

function codeText(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : "";
}
