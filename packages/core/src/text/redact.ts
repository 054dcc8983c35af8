import { quotedForms } from "./quoted-forms.ts";

const urlCredentials = /([a-z][a-z0-9+.-]{0,30}:\/\/)[^/\s?#]+@/gi;

/** Shorter ones would blank ordinary words. */
const leastLength = 4;

/** Removes what must not reach a log: the given secrets, and credentials inside URLs. */
export type Redact = (text: string) => string;

/**
 * A redactor for these secrets. Output comes line by line, so each line of a secret is one. It knows
 * them as they are and as shells and other programs quote them, see `quotedForms`; it does not know
 * what is made of them: base64, hashes, ciphers, or a part. Values shorter than four characters stay.
 */
export function createRedactor(secrets: Iterable<string> = []): Redact {
  const whole = [...secrets];
  const lines = whole.flatMap((secret) => secret.split(/[\r\n]+/));
  const values = [...new Set([...whole, ...lines])]
    .filter((secret) => secret.length >= leastLength)
    .flatMap(quotedForms)
    .filter((form) => form.length >= leastLength);
  const forms = [...new Set(values)].sort((a, b) => b.length - a.length);
  return (text) => {
    let result = text.replace(urlCredentials, "$1***@");
    for (const form of forms) result = result.replaceAll(form, "***");
    return result;
  };
}
