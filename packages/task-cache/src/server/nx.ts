import { type Exchange, findResult } from "./exchange.ts";
import { keepBody } from "./keep-body.ts";
import { sendResult, sendStatus } from "./send-result.ts";

/**
 * Nx's self-hosted cache: `GET` and `PUT /v1/cache/{hash}`
 * (https://nx.dev/docs/guides/tasks--caching/self-hosted-caching, its OpenAPI document). Nx ends a run
 * at any status but 200, 403 and 404 of a `GET`, and fails the task at any but 200, 403 and 409 of a `PUT`.
 */
export async function answerNx(exchange: Exchange): Promise<void> {
  const { request, response, access } = exchange;
  if (request.method !== "PUT") {
    const found = await findResult(exchange, "nx");
    if (found === undefined) sendStatus(response, 404);
    else await sendResult(response, found, request.method ?? "GET");
    return;
  }
  const what = await keepBody(exchange, "nx", {});
  if (access.write === undefined) sendStatus(response, 403);
  else sendStatus(response, what === "exists" ? 409 : 200);
}
