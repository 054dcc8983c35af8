import { createHash, timingSafeEqual } from "node:crypto";

/** What the holder of a token may do. Scopes belong to the token, never to a word of the client. */
export interface Access {
  readonly token: string;
  /** Scopes whose results it gets, in the order in which they are looked through. */
  readonly read: readonly string[];
  /** The scope that its results go to; without one they are thrown away. */
  readonly write?: string | undefined;
}

/** The access of a request's `Authorization: Bearer` header, if its token is known. */
export function accessOf(
  header: string | undefined,
  accesses: readonly Access[],
): Access | undefined {
  const [, token] = /^Bearer +(\S+)$/i.exec(header ?? "") ?? [];
  if (token === undefined) return undefined;
  const given = digest(token);
  return accesses.find((each) => timingSafeEqual(digest(each.token), given));
}

/** Of one length, whatever the token's: the time of the comparison tells nothing. */
function digest(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
