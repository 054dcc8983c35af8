import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createSocketServer } from "node:net";
import type { Exec, Login } from "@pibuild/core";
import { type FaultReport, Health } from "../fetch/health.ts";
import { Connections } from "../fetch/http-answer.ts";
import type { Archive } from "../policy/archive.ts";
import { defaultLimits, type Limits } from "../policy/limits.ts";
import type { Lock } from "../policy/lock.ts";
import { Suites } from "../release/suites.ts";
import { PackageStore } from "../store/package-store.ts";
import { createAnswer } from "./answer.ts";

export interface ProxyOptions {
  readonly exec: Exec;
  readonly archives: readonly Archive[];
  /** Keeps packages and indexes, by content; proxies may share it. */
  readonly directory: string;
  /** Debian's names of the architectures that packages are wanted for. */
  readonly architectures: readonly string[];
  readonly logins?: readonly Login[];
  /** `http_proxy` and the like: the way to the network. */
  readonly proxyEnv?: Readonly<Record<string, string>>;
  readonly limits?: Partial<Limits>;
  /** Default: 127.0.0.1, on a free port. */
  readonly host?: string;
  readonly port?: number;
  /** A path where it listens besides, for who is in another network on this machine. */
  readonly socket?: string;
  /** Bytes that the directory may have of packages. Default: 20 GiB. */
  readonly mostBytes?: number;
  /** The releases that are served, and no others. */
  readonly lock?: Lock | undefined;
  /** Directories with apt's lists, such as of trees: what they name is served as well. */
  readonly lists?: readonly string[] | undefined;
  readonly onFault?: (fault: FaultReport) => void;
}

/** Where packages come from, and how they are asked for. */
export type PackageSource = Pick<ProxyOptions, "archives" | "limits" | "proxyEnv" | "lock">;

/** A proxy that apt, debootstrap and mmdebstrap take packages through, until disposal. */
export interface PackageProxy extends AsyncDisposable {
  readonly url: string;
  /** All that mirrors did wrong, in order. */
  readonly faults: readonly FaultReport[];
}

const defaultMostBytes = 20 * 1024 ** 3;

/**
 * Answers for the archives of a policy, and for nothing else, with what a signed release names: each file from
 * the first mirror that has just these bytes. Throws EADDRINUSE where the port is taken.
 */
export async function startProxy(options: ProxyOptions): Promise<PackageProxy> {
  const limits = { ...defaultLimits, ...options.limits };
  const faults: FaultReport[] = [];
  const connections = new Connections();
  const stop = new AbortController();
  const store = new PackageStore(options.directory);
  const health = new Health(limits.restMs, (fault) => {
    faults.push(fault);
    options.onFault?.(fault);
  });
  const { exec, archives, architectures, logins = [], proxyEnv = {} } = options;
  const fetching = { store, health, connections, limits, logins, proxyEnv, signal: stop.signal };
  const suites = new Suites({
    ...fetching,
    exec,
    architectures,
    lock: options.lock,
    lists: options.lists,
  });
  await store.prune(options.mostBytes ?? defaultMostBytes);
  const server = createServer(createAnswer({ ...fetching, archives, suites }));
  // apt keeps its connection while dpkg works.
  server.keepAliveTimeout = 10 * 60_000;
  server.requestTimeout = 0;
  server.on("connect", (_request, socket) => {
    socket.on("error", () => undefined);
    socket.end("HTTP/1.1 403 this proxy opens no tunnels: sources with https go past it\r\n\r\n");
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, options.host ?? "127.0.0.1", resolve);
  });
  const beside = createSocketServer((socket) => server.emit("connection", socket));
  const { socket } = options;
  if (socket !== undefined) {
    await once(beside.listen(socket), "listening").catch((error: unknown) => {
      server.close();
      throw error;
    });
  }
  const { address, port } = server.address() as AddressInfo;
  return {
    url: `http://${address}:${port}`,
    faults,
    async [Symbol.asyncDispose]() {
      stop.abort();
      connections[Symbol.dispose]();
      beside.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
