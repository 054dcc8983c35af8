import { PibuildError } from "@pibuild/core";
import { follow } from "../http/follow.ts";
import type { Patience } from "../http/patience.ts";
import { readBody } from "../http/read-body.ts";
import { Momentary } from "../http/retry.ts";
import type { Challenge } from "./challenge.ts";
import { basic, type Credentials } from "./credentials.ts";

export interface TokenRequest {
  readonly challenge: Extract<Challenge, { scheme: "bearer" }>;
  /** Such as `repository:group/cache:pull`. */
  readonly scope: string;
  readonly credentials: Credentials | undefined;
  /** For errors: the registry, with its repository. */
  readonly registry: string;
  /** Whether the registry itself is asked without TLS. */
  readonly plain: boolean;
  readonly action: "read" | "write" | "delete";
}

/**
 * A bearer token as the distribution project's token specification has it. Throws REGISTRY_DENIED,
 * and REGISTRY_NOT_OCI where what answers gives none.
 */
export async function fetchToken(request: TokenRequest, patience: Patience): Promise<string> {
  const { challenge, scope, credentials, registry, action } = request;
  const refuse = (status: number, detail: string) =>
    new PibuildError("REGISTRY_DENIED", { registry, action, status, detail });
  const url = URL.canParse(challenge.realm) ? new URL(challenge.realm) : undefined;
  // A login must not go over the wire for all to read, whoever says so.
  if (
    url === undefined ||
    (url.protocol !== "https:" && !(url.protocol === "http:" && request.plain))
  )
    throw refuse(401, `it sends for a token to \`${challenge.realm}\`, which is not protected`);
  const wanted: Record<string, string> = { scope: challenge.scope ?? scope };
  if (challenge.service !== undefined) wanted.service = challenge.service;
  const reply = await follow(callFor(url, wanted, credentials), patience);
  const text = (await readBody(reply, 1024 * 1024)).toString();
  if (reply.status === 429 || reply.status >= 500)
    throw new Momentary(`its token service answers ${reply.status}`);
  if (reply.status !== 200) throw refuse(reply.status, "its token service gives none");
  const { token, access_token: other } = parse(text);
  const given = token || other;
  if (typeof given !== "string" || given === "" || /[^\x21-\x7e]/.test(given))
    throw new PibuildError("REGISTRY_NOT_OCI", {
      registry,
      detail: "its token service gives none",
    });
  return given;
}

function callFor(url: URL, wanted: Record<string, string>, credentials: Credentials | undefined) {
  if (credentials !== undefined && "identityToken" in credentials) {
    const { identityToken } = credentials;
    const form = { ...wanted, grant_type: "refresh_token", refresh_token: identityToken };
    return {
      method: "POST" as const,
      url,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: Buffer.from(new URLSearchParams({ ...form, client_id: "pibuild" }).toString()),
    };
  }
  for (const [name, value] of Object.entries(wanted)) url.searchParams.append(name, value);
  const headers: Record<string, string> =
    credentials === undefined ? {} : { authorization: basic(credentials) };
  return { method: "GET" as const, url, headers };
}

function parse(text: string): { token?: unknown; access_token?: unknown } {
  try {
    return (JSON.parse(text) as object | null) ?? {};
  } catch {
    return {};
  }
}
