import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { PibuildError } from "@pibuild/core";
import type { TaskResults } from "../results.ts";
import type { Access } from "./access.ts";
import { answer } from "./answer.ts";
import type { CacheEvent } from "./exchange.ts";
import { sendStatus } from "./send-result.ts";

export interface ServeOptions {
  readonly results: TaskResults;
  readonly accesses: readonly Access[];
  /** A directory that only this user enters; what is not whole yet stands there. */
  readonly scratch: string;
  /** Default: 127.0.0.1. */
  readonly host?: string;
  /** The port; default: a free one. */
  readonly port?: number;
  /** A larger result is not kept. Default: 1 GiB. */
  readonly maxBytes?: number;
  readonly onEvent?: (event: CacheEvent) => void;
}

export interface TaskCacheServer extends AsyncDisposable {
  /** `http://host:port`, as both clients take it. */
  readonly url: string;
}

/**
 * Serves the remote caches of Nx and of Turborepo until it is disposed. A result is complete or a miss:
 * a store that fails, or a result that is too large, is never an error to the client. Throws
 * PORT_UNUSABLE where the address cannot be listened to.
 */
export async function serveTaskCache(options: ServeOptions): Promise<TaskCacheServer> {
  const { results, accesses, scratch, host = "127.0.0.1", port = 0 } = options;
  const { maxBytes = 2 ** 30, onEvent: log = () => undefined } = options;
  const server = createServer((request, response) => {
    answer(request, response, { results, scratch, maxBytes, log }, accesses).catch(() => {
      // A result that began cannot be taken back: only a closed connection says that it is no hit.
      if (response.headersSent) response.destroy();
      else sendStatus(response, 404);
    });
  });
  await listen(server, host, port);
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(new PibuildError("PORT_UNUSABLE", { host, port, reason: error.code ?? "" }));
    });
    server.listen(port, host, resolve);
  });
}
