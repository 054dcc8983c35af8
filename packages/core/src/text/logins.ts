/** Who asks a server, and for what, as a `machine` of apt_auth.conf(5). */
export interface Login {
  /** `https://host:port/path`; without a scheme it is for https. */
  readonly machine: string;
  readonly user: string;
  readonly password: string;
}

const address = /([a-z][a-z0-9+.-]{0,30}:\/\/)([^/\s?#]+)@([^\s"'`;|<>]*)/gi;

/** A text without the logins in its addresses (`https://user:password@host/`), and those. */
export function splitLogins(text: string): {
  readonly text: string;
  readonly logins: readonly Login[];
} {
  const logins: Login[] = [];
  const bare = text.replace(address, (_all, scheme: string, login: string, rest: string) => {
    const [user = "", ...password] = login.split(":");
    const machine = `${scheme}${rest}`.replace(/[?#].*$/, "").replace(/\/+$/, "");
    logins.push({ machine, user: decoded(user), password: decoded(password.join(":")) });
    return `${scheme}${rest}`;
  });
  return { text: bare, logins };
}

/** A text with logins in those of its addresses that the first of these are for. */
export function joinLogins(text: string, logins: readonly Login[]): string {
  return text.replace(/([a-z][a-z0-9+.-]{0,30}:\/\/)([^\s"'`;|<>]+)/gi, (all, scheme, rest) => {
    const login = loginFor(all, logins);
    if (login === undefined || /^[^/?#]*@/.test(rest)) return all;
    const words = [login.user, login.password].filter((word) => word !== "");
    return `${scheme}${words.map(encodeURIComponent).join(":")}@${rest}`;
  });
}

/** The first of some logins that is for an address, as apt looks for one. */
export function loginFor(uri: string, logins: readonly Login[]): Login | undefined {
  return logins.find(({ machine }) => {
    const whole = machine.includes("://") ? machine : `https://${machine}`;
    const rest = uri.startsWith(whole) ? uri.slice(whole.length) : undefined;
    // Without a port it is for every port.
    const port = /^[^/]*:\/\/[^/:]+$/.test(whole) ? "(?::\\d+)?" : "";
    return (
      rest !== undefined && (whole.endsWith("/") || new RegExp(`^${port}(?:[/?#]|$)`).test(rest))
    );
  });
}

/** What of logins must not reach a log: the password, and both as HTTP sends them. */
export function loginSecrets(logins: readonly Login[]): string[] {
  return logins.flatMap(({ user, password }) => [
    password === "" ? user : password,
    Buffer.from(`${user}:${password}`).toString("base64"),
  ]);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A `%` that escapes nothing.
    return text;
  }
}
