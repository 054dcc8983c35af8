/** How a server wants to be asked, of its WWW-Authenticate header (RFC 9110, section 11). */
export type Challenge =
  | { readonly scheme: "basic" }
  | {
      readonly scheme: "bearer";
      readonly realm: string;
      readonly service: string | undefined;
      readonly scope: string | undefined;
    };

/** The first challenge that can be met; undefined where there is none. */
export function parseChallenge(header: string | undefined): Challenge | undefined {
  const text = header ?? "";
  const bearer = /(?:^|,\s*)Bearer\s+(.*)$/i.exec(text)?.[1];
  if (bearer !== undefined) {
    const value = (name: string) =>
      new RegExp(`(?:^|,\\s*)${name}="((?:[^"\\\\]|\\\\.)*)"`, "i")
        .exec(bearer)?.[1]
        ?.replaceAll(/\\(.)/g, "$1");
    const realm = value("realm");
    if (realm !== undefined)
      return { scheme: "bearer", realm, service: value("service"), scope: value("scope") };
  }
  return /(?:^|,\s*)Basic\b/i.test(text) ? { scheme: "basic" } : undefined;
}
