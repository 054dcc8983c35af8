const form = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;
const mostLetters = 64;

/** What the name of a scope is, as in "expected ...". */
export const scopeNameWords =
  "a name of a-z and 0-9, with single `.`, `_` or `-` between, of at most 64 characters";

/** Whether a text names a scope of a remote cache: it is part of a registry's address, and of paths. */
export function isScopeName(text: string): boolean {
  return form.test(text) && text.length <= mostLetters;
}
