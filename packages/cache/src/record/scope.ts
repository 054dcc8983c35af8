import { isScopeName } from "@pibuild/core";

/** Where records are written to, and where they are looked for, in order. */
export interface Scopes {
  readonly own: string;
  readonly reads: readonly string[];
}

/**
 * The scopes of a build whose own is this. It reads its own and then the protected one, whose builds read
 * no other: what a pull request wrote never gets into a release. Throws for what is no scope's name.
 */
export function scopesOf(own: string, guarded: string): Scopes {
  const wrong = [own, guarded].find((name) => !isScopeName(name));
  if (wrong !== undefined) throw new Error(`\`${wrong}\` is no name of a scope`);
  return { own, reads: own === guarded ? [own] : [own, guarded] };
}
