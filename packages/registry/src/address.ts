import { createRedactor, PibuildError, splitLogins } from "@pibuild/core";

/** A repository of a registry, by its parts. */
export interface Address {
  /** `https://host:port`, without a path. */
  readonly origin: string;
  /** With the port, where it has one: as logins are kept by. */
  readonly host: string;
  readonly repository: string;
}

const redact = createRedactor();

/** The `name` of the OCI distribution specification 1.1. */
const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;

/** Names of this machine: nobody else hears what goes there, so it needs no certificate. */
const loopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/;

/**
 * The parts of `host[:port]/path`. Without a scheme it is https, and http for this machine itself.
 * Throws REGISTRY_ADDRESS, also where a login stands in it: it would be shown, and kept in files.
 */
export function parseAddress(text: string): Address {
  const refuse = (problem: string, hint: string) =>
    new PibuildError("REGISTRY_ADDRESS", { address: redact(withScheme(text)), problem, hint });
  const { scheme = "", rest = "" } = /^(?:(?<scheme>[a-z]+):\/\/)?(?<rest>.*)$/.exec(text)
    ?.groups ?? { rest: text };
  if (scheme !== "" && scheme !== "https" && scheme !== "http")
    throw refuse(`\`${scheme}\` is not its protocol`, "write `registry.example/group/cache`");
  if (splitLogins(withScheme(text)).logins.length > 0)
    throw refuse(
      "a login stands in it",
      "leave the login out, and log in with `docker login`, or give a token as PIBUILD_CACHE_TOKEN",
    );
  const [host = "", ...path] = rest.split("/");
  if (!/^(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(?::\d{1,5})?$/.test(host))
    throw refuse("it has no host", "write `registry.example/group/cache`");
  const repository = path.join("/");
  if (path.length === 0 || !path.every((each) => component.test(each)))
    throw refuse(
      path.length === 0 || repository === ""
        ? "a host alone is none"
        : `\`${repository}\` is no name of one`,
      "a name is words of a-z, 0-9, `.`, `_` and `-` with `/` between, such as `registry.example/group/cache`",
    );
  const secure = scheme === "https" || (scheme === "" && !loopback.test(host));
  return { origin: `${secure ? "https" : "http"}://${host}`, host, repository };
}

/** What hides logins knows addresses by their scheme. */
function withScheme(text: string): string {
  return text.includes("://") ? text : `https://${text}`;
}
