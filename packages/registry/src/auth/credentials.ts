/** What a registry is asked with. */
export type Credentials =
  | { readonly user: string; readonly password: string }
  /** Of `docker login` with a token: it is exchanged for others. */
  | { readonly identityToken: string };

/** Finds the login for a host, as `registry.example:5000`; undefined: it is asked as anybody. */
export type FindCredentials = (host: string) => Promise<Credentials | undefined>;

/** Asks as anybody. */
export const anonymous: FindCredentials = async () => undefined;

/** `user` and `password` as HTTP sends them (RFC 7617). */
export function basic({ user, password }: { user: string; password: string }): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}
