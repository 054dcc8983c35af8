import * as http from "node:http";
import * as https from "node:https";
import { MirrorFault } from "./fault.ts";

const mostRedirections = 5;

/** How servers are reached. */
export interface Route {
  /** Variables such as `http_proxy`; empty: without any proxy. */
  readonly proxyEnv: Readonly<Record<string, string>>;
}

type Agents = { readonly http: http.Agent; readonly https: https.Agent };

/** Connections that are kept for the next file. */
export class Connections implements Disposable {
  readonly #agents = new Map<string, Agents>();

  /** The agent for an address. */
  agent(url: string, { proxyEnv }: Route): http.Agent {
    const key = JSON.stringify(proxyEnv);
    let agents = this.#agents.get(key);
    if (agents === undefined) {
      const options = { keepAlive: true, maxSockets: 8, proxyEnv };
      agents = { http: new http.Agent(options), https: new https.Agent(options) };
      this.#agents.set(key, agents);
    }
    return url.startsWith("https:") ? agents.https : agents.http;
  }

  [Symbol.dispose](): void {
    for (const { http, https } of this.#agents.values()) {
      http.destroy();
      https.destroy();
    }
  }
}

export interface Asked {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly route: Route;
  readonly connections: Connections;
  readonly answerMs: number;
  readonly signal: AbortSignal;
}

/** The answer to a GET, after redirections; its body is not read yet. Throws MirrorFault and AbortError. */
export async function askServer(
  asked: Asked,
  before: readonly string[] = [],
): Promise<http.IncomingMessage> {
  const { url, connections, route, headers, answerMs, signal } = asked;
  if (before.includes(url) || before.length > mostRedirections)
    throw new MirrorFault("redirects", `${before.length} times`);
  const { request } = url.startsWith("https:") ? https : http;
  const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
    const asking = request(url, { agent: connections.agent(url, route), headers, signal }, resolve);
    const timer = setTimeout(() => asking.destroy(new MirrorFault("no-answer")), answerMs);
    asking.on("error", reject).on("close", () => clearTimeout(timer));
    asking.on("response", () => clearTimeout(timer)).end();
  });
  const {
    statusCode = 0,
    headers: { location },
  } = answer;
  if (statusCode < 300 || statusCode >= 400 || location === undefined) return answer;
  answer.destroy();
  const next = URL.parse(location, url);
  if (next === null || !/^https?:$/.test(next.protocol))
    throw new MirrorFault("redirects", "to what is no address");
  return askServer({ ...asked, url: next.href }, [...before, url]);
}
