import { stripControl } from "./strip-control.ts";

/** How a program writes a text where it does not print it as it is; without quotes around it. */
type Writer = (text: string) => string;

/** What bash puts a backslash before in `printf %q`; `#` and `~` only where they would mean something. */
const special = /[\t\n !"$&'()*,;<>?[\\\]^`{|}]/g;
const named: Readonly<Record<string, string>> = {
  "\u0007": "\\a",
  "\b": "\\b",
  "\u001b": "\\E",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
};

const writers: readonly Writer[] = [
  // What a terminal shows of it.
  stripControl,
  // bash, `set -x` and `${x@Q}`: 'it'\''s'.
  (text) => text.replaceAll("'", `'\\''`),
  // dash, `set -x`: 'it'"'"'s', with one pair of quotes around several.
  (text) => text.replace(/'+/g, (quotes) => `'"${quotes}"'`),
  // `printf %q`: it\'s; what begins a word is quoted otherwise than what is within.
  (text) => text.replace(special, "\\$&"),
  (text) => text.replace(special, "\\$&").replace(/(?<=[:=])~/g, "\\$&"),
  (text) => text.replace(special, "\\$&").replace(/^[#~]|(?<=[:=])~/g, "\\$&"),
  // $'it\'s', where something cannot be printed; with bytes for what the locale does not know.
  ansiC,
  (text) => ansiC(text).replace(/[^\0-\x7f]+/gu, octalBytes),
  // `declare -p`: "it's".
  (text) => text.replace(/["$\\`]/g, "\\$&"),
  // JSON, and programs that keep to ASCII in it.
  json,
  (text) => json(text).replace(/[^\0-\x7f]/g, (unit) => `\\u${hex(unit.charCodeAt(0), 4)}`),
  // Addresses: what must be escaped, all that may be, and forms.
  (text) => encodeURI(text.toWellFormed()),
  percent,
  (text) => percent(text).toLowerCase(),
  (text) => encodeURIComponent(text.toWellFormed()),
  (text) => new URLSearchParams({ "": text }).toString().slice(1),
];

/** A text as programs may print it: as it is, in each way of quoting, and quoted in one of them again. */
export function quotedForms(text: string): string[] {
  const once = new Set([text, ...writers.map((write) => write(text))]);
  return [
    ...new Set([...once, ...[...once].flatMap((form) => writers.map((write) => write(form)))]),
  ];
}

function ansiC(text: string): string {
  return (
    text
      .replace(/[\\']/g, "\\$&")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is written so
      .replace(/[\u0000-\u001f\u007f]/g, (one) => named[one] ?? octalBytes(one))
  );
}

function octalBytes(text: string): string {
  return [...Buffer.from(text)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}

function json(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Escapes all that no address may hold unescaped anywhere. */
function percent(text: string): string {
  return text.replace(/[^\w.~-]+/gu, (part) =>
    [...Buffer.from(part)].map((byte) => `%${hex(byte, 2).toUpperCase()}`).join(""),
  );
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
