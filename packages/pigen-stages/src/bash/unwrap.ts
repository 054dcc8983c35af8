import type { Word } from "./scan.ts";

/** Programs that start another one, with their short options that take a value. */
const wrappers: Readonly<Record<string, string>> = {
  sudo: "ugprhCT",
  env: "uCS",
  nice: "n",
  ionice: "cn",
  nohup: "",
  timeout: "sk",
  exec: "a",
  command: "",
  builtin: "",
};

/** A command without what merely starts it: of `sudo -u root rm x`, `rm x`. */
export function unwrap(words: readonly Word[]): readonly Word[] {
  const [first, ...rest] = words;
  const valued = first === undefined ? undefined : wrappers[first.text];
  if (first === undefined || valued === undefined) return words;
  // `command -v apt-get` asks where it is.
  if (first.text === "command" && rest[0]?.text.startsWith("-")) return [];
  let index = 0;
  for (; index < rest.length; index += 1) {
    const text = rest[index]?.text ?? "";
    if (/^-[A-Za-z]$/.test(text) && valued.includes(text.charAt(1))) index += 1;
    else if (!text.startsWith("-") && !/^[A-Za-z_]\w*=/.test(text)) break;
  }
  // The first operand of timeout is its time.
  return unwrap(rest.slice(first.text === "timeout" ? index + 1 : index));
}
