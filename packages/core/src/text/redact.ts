const urlCredentials = /([a-z][a-z0-9+.-]*:\/\/)[^/\s:@]+(?::[^/\s@]*)?@/gi;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it removes
const controlCharacters = /\u001b\[[0-9;?]*[A-Za-z]|[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** Removes what must not reach a log: the given secrets, and credentials inside URLs. */
export type Redact = (text: string) => string;

/** A redactor for these secrets. Values shorter than four characters would blank ordinary words. */
export function createRedactor(secrets: Iterable<string> = []): Redact {
  const values = [...new Set(secrets)]
    .filter((secret) => secret.length >= 4)
    .sort((a, b) => b.length - a.length);
  return (text) => {
    let result = text.replace(urlCredentials, "$1***@");
    for (const value of values) result = result.replaceAll(value, "***");
    return result;
  };
}

/** Drops terminal escapes and control characters from a line that somebody else printed. */
export function stripControl(text: string): string {
  return text.replace(controlCharacters, "");
}
