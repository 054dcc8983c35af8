import * as http from "node:http";
import * as https from "node:https";

/** How long a server may take to answer, in milliseconds. */
const limitMs = 5000;

export type Answer =
  | {
      readonly status: number;
      /** The server's clock in milliseconds since 1970, where it said, and this machine's then. */
      readonly clock?: { readonly theirs: number; readonly ours: number };
    }
  | { readonly failure: string };

/** Sends a HEAD request. Redirections are answers as well. */
export function ask(url: string, proxy: string, signal: AbortSignal): Promise<Answer> {
  const { request, Agent } = url.startsWith("https:") ? https : http;
  const proxyEnv = proxy === "" ? {} : { http_proxy: proxy, https_proxy: proxy };
  const timeout = AbortSignal.timeout(limitMs);
  const options = {
    method: "HEAD",
    agent: new Agent({ proxyEnv }),
    signal: AbortSignal.any([signal, timeout]),
  };
  const started = Date.now();
  return new Promise((resolve) => {
    const sent = request(url, options, (response) => {
      response.resume();
      const clock = serverClock(response.headers, (started + Date.now()) / 2);
      resolve({ status: response.statusCode ?? 0, ...(clock ? { clock } : {}) });
    });
    sent.on("error", (error: NodeJS.ErrnoException) => {
      const why = timeout.aborted ? `no answer in ${limitMs / 1000} s` : words(error);
      resolve({ failure: why });
    });
    sent.end();
  });
}

/** A cache between hands on the date of when it asked, and how many seconds ago that was. */
function serverClock({ date, age }: http.IncomingHttpHeaders, ours: number) {
  const theirs = Date.parse(date ?? "") + Number(age ?? 0) * 1000;
  return Number.isNaN(theirs) ? undefined : { theirs, ours };
}

const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: "its name is not known",
  EAI_AGAIN: "its name could not be looked up",
  ECONNREFUSED: "the connection was refused",
  ENETUNREACH: "no network leads there",
  EHOSTUNREACH: "no network leads there",
};

function words({ code = "", message }: NodeJS.ErrnoException): string {
  return reasons[code] ?? (message || code);
}
