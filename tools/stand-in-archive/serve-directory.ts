import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, normalize } from "node:path";

export interface Served extends AsyncDisposable {
  readonly url: string;
}

/** Serves a directory's files to this machine alone, until disposal; on a free port, or that one. */
export async function serveDirectory(directory: string, port = 0): Promise<Served> {
  const server = createServer((request, response) => {
    const inside = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://x").pathname));
    const path = join(directory, inside);
    stat(path).then(
      (found) => {
        if (!found.isFile()) return response.writeHead(404).end();
        response.writeHead(200, { "content-length": found.size });
        if (request.method === "HEAD") return response.end();
        createReadStream(path).pipe(response);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const { port: used } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${used}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
