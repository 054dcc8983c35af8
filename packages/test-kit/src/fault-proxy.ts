import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** What a request meets on its way, in place of what it asked for. */
export type Fault =
  /** The connection is closed without a word. */
  | { readonly kind: "refuse" }
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** The answer's body ends after so many bytes. */
  | { readonly kind: "cut"; readonly after: number }
  /** After so many bytes of the answer's body no more come. */
  | { readonly kind: "hold"; readonly after: number }
  /** One byte of the body is another one. */
  | { readonly kind: "flip"; readonly at: number }
  /** Nothing comes, for ever. */
  | { readonly kind: "stall" }
  /** A byte comes now and then. */
  | { readonly kind: "trickle" };

/** One request as it came. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
}

/** Chooses what a request meets; undefined: nothing. */
export type ChooseFault = (request: SeenRequest) => Fault | undefined;

export interface FaultProxy extends AsyncDisposable {
  readonly host: string;
  /** What requests meet from now on. */
  choose: ChooseFault;
  /** All that came, in order. */
  readonly seen: SeenRequest[];
}

/** Puts itself in front of a server on this machine; dispose it with `await using`. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  const proxy: FaultProxy & { host: string } = {
    host: "",
    choose: () => undefined,
    seen: [],
    async [Symbol.asyncDispose]() {
      for (const timer of timers) clearInterval(timer);
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const server = http.createServer((request, response) => {
    const { method = "", url = "", headers } = request;
    proxy.seen.push({ method, url, headers });
    const fault = proxy.choose({ method, url, headers });
    switch (fault?.kind) {
      case "refuse":
        return void request.socket.destroy();
      case "stall":
        return;
      case "answer":
        request.resume();
        return void response.writeHead(fault.status, fault.headers).end(fault.body);
      case "trickle": {
        response.writeHead(200, { "content-length": "100000000" });
        const timer = setInterval(() => response.write("x"), 50);
        timers.add(timer);
        return;
      }
      default:
        return forward({ request, response, target, fault });
    }
  });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  proxy.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return proxy;
}

interface Forwarding {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: string;
  readonly fault: Extract<Fault, { kind: "cut" | "hold" | "flip" }> | undefined;
}

function forward({ request, response, target, fault }: Forwarding): void {
  const { method, url, headers } = request;
  const [host, port] = target.split(":");
  const onward = http.request({ host, port, method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    let passed = 0;
    answer.on("data", (piece: Buffer) => {
      if (fault?.kind === "hold" && passed > fault.after) return;
      const changed = fault === undefined ? piece : spoil(piece, passed, fault);
      passed += piece.length;
      response.write(changed);
      if (fault?.kind === "cut" && passed > fault.after) {
        answer.destroy();
        // What was written goes out before the end.
        response.socket?.end();
      }
    });
    answer.on("end", () => fault?.kind === "hold" || response.end());
    answer.on("error", () => response.destroy());
  });
  onward.on("error", () => response.destroy());
  request.pipe(onward);
}

function spoil(piece: Buffer, passed: number, fault: NonNullable<Forwarding["fault"]>): Buffer {
  if (fault.kind === "hold") return piece;
  if (fault.kind === "cut") return piece.subarray(0, Math.max(0, fault.after - passed));
  const at = fault.at - passed;
  if (at < 0 || at >= piece.length) return piece;
  const changed = Buffer.from(piece);
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
}
