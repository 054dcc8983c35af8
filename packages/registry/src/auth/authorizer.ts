import type { Patience } from "../http/patience.ts";
import { parseChallenge } from "./challenge.ts";
import { basic, type Credentials, type FindCredentials } from "./credentials.ts";
import { fetchToken } from "./token.ts";

export type Action = "read" | "write" | "delete";

/** What the token specification calls them. */
const rights: Record<Action, string> = {
  read: "pull",
  write: "pull,push",
  delete: "pull,push,delete",
};

export interface AuthorizerOptions {
  readonly host: string;
  readonly plain: boolean;
  readonly credentials: FindCredentials;
  readonly patience: Patience;
}

/** The headers with which a registry lets something be done. */
export interface Authorizer {
  /** What was good for this before; undefined: nothing is known yet. */
  known(repository: string, action: Action): string | undefined;
  /** What a server that has answered 401 wants; undefined where there is nothing to give. */
  answer(
    header: string | undefined,
    repository: string,
    action: Action,
  ): Promise<string | undefined>;
}

/** Keeps what a registry was asked with; each repository and action has its own. */
export function createAuthorizer(options: AuthorizerOptions): Authorizer {
  const { host, plain, credentials, patience } = options;
  const headers = new Map<string, string>();
  let found: Promise<Credentials | undefined> | undefined;
  const keyOf = (repository: string, action: Action) => `${repository} ${action}`;
  return {
    known: (repository, action) => headers.get(keyOf(repository, action)),
    async answer(header, repository, action) {
      const challenge = parseChallenge(header);
      if (challenge === undefined) return undefined;
      found ??= credentials(host);
      const login = await found;
      const registry = `${host}/${repository}`;
      const scope = `repository:${repository}:${rights[action]}`;
      const given =
        challenge.scheme === "bearer"
          ? `Bearer ${await fetchToken(
              { challenge, scope, credentials: login, registry, plain, action },
              patience,
            )}`
          : login === undefined || "identityToken" in login
            ? undefined
            : basic(login);
      if (given !== undefined) headers.set(keyOf(repository, action), given);
      return given;
    },
  };
}
