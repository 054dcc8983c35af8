/** A scope is a part of an address, and of a path: words of a-z and 0-9 with one `.`, `_` or `-` between. */
const form = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

const mostLetters = 64;

export function isScope(text: string): boolean {
  return form.test(text) && text.length <= mostLetters;
}

/** Where records are written to, and where they are looked for, in order. */
export interface Scopes {
  readonly own: string;
  readonly reads: readonly string[];
}

/**
 * The scopes of a build whose own is this. It reads its own and then the protected one, whose builds read
 * no other: what a pull request wrote never gets into a release.
 */
export function scopesOf(own: string, guarded: string): Scopes {
  return { own, reads: own === guarded ? [own] : [own, guarded] };
}
