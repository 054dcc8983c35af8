import type { IncomingMessage, ServerResponse } from "node:http";
import type { FoundResult, TaskResults } from "../results.ts";
import type { Access } from "./access.ts";

/** One request for a result, and what answers it. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly access: Access;
  /** The hash that the address ends in. */
  readonly hash: string;
  readonly results: TaskResults;
  /** Where a result stands until it is whole. */
  readonly scratch: string;
  /** A larger result is not kept. */
  readonly maxBytes: number;
  readonly log: (event: CacheEvent) => void;
}

/** What the server did, for a summary. */
export interface CacheEvent {
  readonly what: "hit" | "miss" | "stored" | "exists" | "dropped";
  readonly client: "nx" | "turbo";
  readonly hash: string;
  /** For people: why a result is a miss or was dropped. */
  readonly why?: string;
}

/** The first complete result that a token's scopes have. What cannot be read is a miss. */
export async function findResult(
  { access, hash, results, log }: Exchange,
  client: "nx" | "turbo",
): Promise<FoundResult | undefined> {
  let why: string | undefined;
  for (const scope of access.read) {
    try {
      const found = await results.find({ scope, client, hash });
      if (found === undefined) continue;
      log({ what: "hit", client, hash });
      return found;
    } catch (error) {
      why = (error as Error).message;
    }
  }
  log({ what: "miss", client, hash, ...(why === undefined ? {} : { why }) });
  return undefined;
}
