const urlCredentials = /([a-z][a-z0-9+.-]{0,30}:\/\/)[^/\s?#]+@/gi;
const controlCharacters =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it removes
  /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[ -/]*[0-~]|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Removes what must not reach a log: the given secrets, and credentials inside URLs. */
export type Redact = (text: string) => string;

/**
 * A redactor for these secrets. Output comes line by line, so each line of a secret is one.
 * Values shorter than four characters would blank ordinary words.
 */
export function createRedactor(secrets: Iterable<string> = []): Redact {
  const values = [...new Set([...secrets].flatMap((secret) => secret.split(/\r?\n/)))]
    .filter((secret) => secret.length >= 4)
    .sort((a, b) => b.length - a.length);
  return (text) => {
    let result = text.replace(urlCredentials, "$1***@");
    for (const value of values) result = result.replaceAll(value, "***");
    return result;
  };
}

/**
 * A line that somebody else printed, as it stands on a terminal in the end: without escapes and
 * control characters, and without what a carriage return has overwritten (progress meters).
 */
export function stripControl(text: string): string {
  const shown = text.replace(/\r+$/, "");
  return shown.slice(shown.lastIndexOf("\r") + 1).replace(controlCharacters, "");
}
