import type { IncomingHttpHeaders } from "node:http";
import type { FoundResult, ResultNotes } from "../results.ts";
import { type Exchange, findResult } from "./exchange.ts";
import { keepBody } from "./keep-body.ts";
import { sendResult, sendStatus } from "./send-result.ts";

/** What Turborepo sends with a result and wants back (crates/turborepo-api-client of turborepo 2.11). */
const noteNames = [
  "x-artifact-duration",
  "x-artifact-tag",
  "x-artifact-sha",
  "x-artifact-dirty-hash",
] as const;

/** Turborepo's remote cache: `HEAD`, `GET` and `PUT /v8/artifacts/{hash}`. */
export async function answerTurbo(exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  if (request.method === "PUT") {
    await keepBody(exchange, "turbo", notesOf(request.headers));
    // Also for a token that only reads: a 403 may turn off reading for the rest of the run.
    sendStatus(response, 202, { urls: [] });
    return;
  }
  const found = await findResult(exchange, "turbo");
  if (found === undefined) sendStatus(response, 404);
  else await sendResult(response, found, request.method ?? "GET");
}

/** `POST /v8/artifacts`: what is known of many results at once, by hash. */
export async function answerTurboQuery(exchange: Exchange, hashes: unknown): Promise<void> {
  const known: Record<string, unknown> = {};
  for (const hash of Array.isArray(hashes) ? hashes.slice(0, 10_000) : []) {
    const found = isHash(hash) ? await findResult({ ...exchange, hash }, "turbo") : undefined;
    known[String(hash)] = found === undefined ? null : summary(found);
  }
  sendStatus(exchange.response, 200, known);
}

/** Whether a hash is one that may name a result. */
export function isHash(hash: unknown): hash is string {
  return typeof hash === "string" && /^[0-9A-Za-z]{1,128}$/.test(hash);
}

function summary({ bytes, notes }: FoundResult) {
  const tag = notes["x-artifact-tag"];
  return {
    size: bytes,
    taskDurationMs: Number(notes["x-artifact-duration"] ?? 0),
    ...(tag === undefined ? {} : { tag }),
  };
}

function notesOf(headers: IncomingHttpHeaders): ResultNotes {
  return Object.fromEntries(
    noteNames.flatMap((name) => {
      const value = headers[name];
      return typeof value === "string" ? [[name, value]] : [];
    }),
  );
}
