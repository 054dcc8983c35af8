import type { Exec, Login } from "@pibuild/core";
import type { Fetching } from "../fetch/fetch-file.ts";
import { Health } from "../fetch/health.ts";
import { Connections } from "../fetch/http-answer.ts";
import type { Archive } from "../policy/archive.ts";
import { defaultLimits, type Limits } from "../policy/limits.ts";
import { PackageStore } from "../store/package-store.ts";

/** How the files of a lock are had. */
export interface LockFetching {
  readonly exec: Exec;
  readonly archives: readonly Archive[];
  /** Where packages are kept by content. */
  readonly directory: string;
  readonly logins?: readonly Login[];
  readonly proxyEnv?: Readonly<Record<string, string>>;
  readonly limits?: Partial<Limits>;
}

const longestMs = 24 * 60 * 60_000;

/** Fetches into a directory of packages by content, until disposal. */
export function openFetching(options: LockFetching, into: string): Fetching & Disposable {
  const connections = new Connections();
  const { logins = [], proxyEnv = {} } = options;
  const limits = { ...defaultLimits, ...options.limits };
  return {
    ...{ connections, limits, logins, proxyEnv },
    store: new PackageStore(into),
    health: new Health(limits.restMs, () => undefined),
    signal: AbortSignal.timeout(longestMs),
    [Symbol.dispose]: () => connections[Symbol.dispose](),
  };
}
