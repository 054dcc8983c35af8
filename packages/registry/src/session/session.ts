import { PibuildError, stripControl } from "@pibuild/core";
import type { Address } from "../address.ts";
import { type Action, createAuthorizer } from "../auth/authorizer.ts";
import type { FindCredentials } from "../auth/credentials.ts";
import { follow } from "../http/follow.ts";
import type { Patience } from "../http/patience.ts";
import { drop, readBody } from "../http/read-body.ts";
import { Momentary, retry } from "../http/retry.ts";
import type { Body, Call, Reply } from "../http/send.ts";

export interface Request {
  readonly method: Call["method"];
  /** Below the registry's `/v2/`, or a whole address that the registry gave. */
  readonly path: string | URL;
  readonly repository: string;
  readonly action: Action;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Body;
}

/** Requests to one registry, with its login. */
export interface Session {
  readonly patience: Patience;
  /** The registry with a repository, as errors name it. */
  nameOf(repository: string): string;
  /** An address that the registry gave, which may lack the host. */
  resolve(address: string): URL;
  /** Asks once. Throws `Momentary`, REGISTRY_DENIED and what the connection ends with. */
  once(request: Request): Promise<Reply>;
  /** Asks until there is an answer. Throws REGISTRY_UNREACHABLE, REGISTRY_DENIED, REGISTRY_NOT_OCI. */
  ask(request: Request): Promise<Reply>;
  /** Does something again while it fails for a moment, and says so in the end. */
  trying<T>(repository: string, work: (progressed: () => void) => Promise<T>): Promise<T>;
}

export interface SessionOptions extends Patience {
  readonly credentials: FindCredentials;
}

/** Opens a session. Nothing is asked before somebody wants something. */
export function openSession(
  { origin, host }: Address,
  { credentials, ...patience }: SessionOptions,
): Session {
  const plain = origin.startsWith("http:");
  const authorizer = createAuthorizer({ host, plain, credentials, patience });
  const nameOf = (repository: string) => `${host}/${repository}`;
  let spoken: Promise<void> | undefined;

  const exchange = async (request: Request): Promise<Reply> => {
    const { method, path, repository, action, body, headers = {} } = request;
    const url = path instanceof URL ? path : new URL(`${origin}/v2/${path}`);
    // Uploads may be sent elsewhere, with what their address holds.
    const own = url.origin === origin;
    const send = (authorization: string | undefined) =>
      follow(
        {
          ...{ method, url, body },
          headers: { ...headers, ...(authorization && own ? { authorization } : {}) },
        },
        patience,
      );
    let reply = await send(authorizer.known(repository, action));
    if (reply.status === 401 && own) {
      await drop(reply);
      const header = reply.headers["www-authenticate"];
      const given = await authorizer.answer(header, repository, action);
      if (given === undefined) throw denied(request, 401, "");
      reply = await send(given);
    }
    if (reply.status === 429 || reply.status >= 500 || reply.status === 408) {
      const detail = await detailOf(reply);
      throw new Momentary(detail, retryAfter(reply.headers["retry-after"]));
    }
    if (reply.status === 401 || reply.status === 403)
      throw denied(request, reply.status, await saidBy(reply));
    return reply;
  };

  const denied = ({ repository, action }: Request, status: number, detail: string) =>
    new PibuildError("REGISTRY_DENIED", { registry: nameOf(repository), action, status, detail });

  const trying: Session["trying"] = async (repository, work) => {
    try {
      return await retry(patience, work);
    } catch (error) {
      throw asFailure(error, nameOf(repository));
    }
  };

  /** A web server has no record either, and so would be taken for an empty registry. */
  const speak = async (request: Request) => {
    const { path: _, ...plainly } = { ...request, method: "GET" as const, headers: {} };
    const { body: _body, ...ping } = plainly;
    const registry = nameOf(request.repository);
    const answer = await trying(request.repository, async () => {
      const reply = await exchange({ ...ping, path: "" });
      return { status: reply.status, text: (await readBody(reply, 64 * 1024)).toString() };
    });
    if (answer.status === 200 && isJson(answer.text)) return;
    const detail = `it answers /v2/ with ${answer.status}${answer.status === 200 ? ", and no JSON" : ""}`;
    throw new PibuildError("REGISTRY_NOT_OCI", { registry, detail });
  };
  const spokenTo = (request: Request) =>
    (spoken ??= speak(request).catch((error: unknown) => {
      spoken = undefined;
      throw error;
    }));

  return {
    patience,
    nameOf,
    trying,
    resolve: (address) => new URL(address, origin),
    async once(request) {
      await spokenTo(request);
      return exchange(request);
    },
    async ask(request) {
      await spokenTo(request);
      return trying(request.repository, () => exchange(request));
    },
  };
}

/** What a request ended with, as one of our own errors. */
function asFailure(error: unknown, registry: string): unknown {
  if (error instanceof PibuildError) return error;
  const { code = "", message, name } = error as NodeJS.ErrnoException;
  if (name === "AbortError") return error;
  if (["ENOSPC", "EROFS"].includes(code)) return error;
  if (code.startsWith("HPE_"))
    return new PibuildError("REGISTRY_NOT_OCI", { registry, detail: "it does not speak HTTP" });
  const detail = error instanceof AggregateError ? code : message || code;
  return new PibuildError("REGISTRY_UNREACHABLE", { registry, detail }, { cause: error });
}

/** Seconds, or a date (RFC 9110, section 10.2.3), in milliseconds from now. */
function retryAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(ms, 0) : undefined;
}

/** The status, and what the registry says besides. */
export async function detailOf(reply: Reply): Promise<string> {
  const said = await saidBy(reply);
  return [reply.status, reply.body.statusMessage, said && `(${said})`].filter(Boolean).join(" ");
}

/** The first error of the specification's JSON, for a person. */
async function saidBy(reply: Reply): Promise<string> {
  try {
    const { errors } = JSON.parse((await readBody(reply, 64 * 1024)).toString());
    const { code = "", message = "" } = errors?.[0] ?? {};
    return stripControl(`${code} ${message}`).trim().slice(0, 200);
  } catch {
    return "";
  }
}

/** The specification asks for nothing in the answer; registries give `{}` or nothing. */
function isJson(text: string): boolean {
  if (text.trim() === "") return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
