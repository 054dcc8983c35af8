import type { IncomingMessage } from "node:http";
import { accessOf } from "./access.ts";
import type { Exchange } from "./exchange.ts";
import { answerNx } from "./nx.ts";
import { sendStatus } from "./send-result.ts";
import { answerTurbo, answerTurboQuery, isHash } from "./turbo.ts";

/** What every exchange of a server has in common. */
export type ServerState = Omit<Exchange, "request" | "response" | "access" | "hash">;

interface Route {
  readonly methods: readonly string[];
  /** Its first group is the hash. */
  readonly path: RegExp;
  answer(exchange: Exchange): Promise<void>;
}

/** All that both clients ask for. */
const routes: readonly Route[] = [
  { methods: ["GET", "HEAD", "PUT"], path: /^\/v1\/cache\/([^/]+)$/, answer: answerNx },
  {
    methods: ["GET"],
    path: /^\/v8\/artifacts\/status$/,
    answer: async ({ response }) => sendStatus(response, 200, { status: "enabled" }),
  },
  {
    methods: ["POST"],
    path: /^\/v8\/artifacts\/events$/,
    async answer({ request, response }) {
      request.resume();
      sendStatus(response, 200);
    },
  },
  {
    methods: ["POST"],
    path: /^\/v8\/artifacts$/,
    answer: async (exchange) => answerTurboQuery(exchange, await hashesIn(exchange.request)),
  },
  { methods: ["GET", "HEAD", "PUT"], path: /^\/v8\/artifacts\/([^/]+)$/, answer: answerTurbo },
];

/** Answers one request: 401 for an unknown token, 404 for what the server does not have or know. */
export async function answer(
  request: IncomingMessage,
  response: Exchange["response"],
  state: ServerState,
  accesses: Parameters<typeof accessOf>[1],
): Promise<void> {
  const access = accessOf(request.headers.authorization, accesses);
  if (access === undefined) return refuse(request, response, 401, "the token is not known here");
  const path = (request.url ?? "/").replace(/\?.*$/s, "");
  for (const route of routes) {
    const match = route.path.exec(path);
    if (match === null || !route.methods.includes(request.method ?? "")) continue;
    const hash = match[1] ?? "";
    if (match.length > 1 && !isHash(hash)) break;
    return route.answer({ ...state, request, response, access, hash });
  }
  return refuse(request, response, 404, "there is nothing at this address");
}

function refuse(
  request: IncomingMessage,
  response: Exchange["response"],
  status: number,
  message: string,
): void {
  request.resume();
  sendStatus(response, status, { error: { code: String(status), message } });
}

/** The hashes of a query; a body that is longer or no JSON has none. */
async function hashesIn(request: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const piece of request) if (text.length < 2 ** 20) text += piece;
  try {
    return (JSON.parse(text) as { hashes?: unknown }).hashes;
  } catch {
    return undefined;
  }
}
