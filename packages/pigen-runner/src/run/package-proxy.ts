import { join } from "node:path";
import { count } from "@pibuild/core";
import { describeFault, type FaultReport, startProxy } from "@pibuild/mirrors";
import { type AptReading, type BuildApt, buildApt, writeForBootstrap } from "./build-apt.ts";
import type { Relay } from "./own-network.ts";
import { proxySocket, rootfsDirectory } from "./paths.ts";
import type { RunContext } from "./run-context.ts";

/** What a run fetches packages through. */
export interface RunProxy extends AsyncDisposable {
  /** Undefined where apt's own sources are asked. */
  readonly url?: string;
  /** What leads apt there. */
  readonly apt: BuildApt;
  /** The way from a step's own network; undefined where there is no proxy. */
  readonly relay?: Relay;
}

/**
 * Starts the proxy of a run, until disposal, and says in `fetchDirectory` how mmdebstrap, debootstrap and apt
 * reach it. At its end it says which mirrors failed.
 */
export async function openPackages(
  { spec, exec, emit, directories }: RunContext,
  reading: AptReading = {},
): Promise<RunProxy> {
  const { packages } = spec;
  if (packages === undefined || packages.archives.length === 0)
    return withoutProxy(packages?.aptOptions ?? []);
  const { archives } = packages;
  const proxy = await startProxy({
    ...packages,
    ...{ exec, logins: spec.logins, architectures: [spec.arch] },
    directory: directories.packageStore,
    socket: proxySocket,
    lists: spec.stages.map(({ name }) => join(rootfsDirectory(name), "var/lib/apt/lists")),
  }).catch((error: NodeJS.ErrnoException) => {
    // In a namespace without loopback there is no network either: what needs none goes on.
    if (error.code !== "EADDRNOTAVAIL") throw error;
    return undefined;
  });
  if (proxy === undefined) return withoutProxy(packages.aptOptions);
  let apt: BuildApt;
  try {
    apt = buildApt(proxy.url, packages);
    await writeForBootstrap(proxy.url, archives, apt, reading);
  } catch (error) {
    // One that listens would keep this process from its end.
    await proxy[Symbol.asyncDispose]();
    throw error;
  }
  return {
    ...{ url: proxy.url, apt },
    relay: { port: Number(new URL(proxy.url).port), socket: proxySocket },
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      for (const { archive, mirror, words, times } of summaries(proxy.faults)) {
        const rootCause = `${archive}: ${mirror} ${words}`;
        const hasOthers = archives.some(
          ({ name, candidates }) => name === archive && candidates.length > 1,
        );
        const message = `${rootCause} (${count(times, "time")})`;
        const rest = hasOthers ? "; other mirrors were asked" : "";
        emit({ type: "notice", level: "warning", message: message + rest });
        if (times < 2 || !hasOthers) continue;
        const tried = [`other mirrors of ${archive}: asked in its place ${count(times, "time")}`];
        const remedy = "name it after others in DEBIAN_MIRROR or `mirrors:`, or leave it out";
        emit({
          type: "outage",
          component: "mirror",
          slug: `${archive}-mirror-failed`,
          rootCause,
          remedy,
          tried,
        });
      }
    },
  };
}

function withoutProxy(lines: readonly string[]): RunProxy {
  return { apt: { lines }, [Symbol.asyncDispose]: async () => undefined };
}

interface Summary {
  readonly archive: string;
  readonly mirror: string;
  readonly words: string;
  readonly times: number;
}

/** What went wrong with each mirror. */
function summaries(faults: readonly FaultReport[]): Summary[] {
  const byMirror = Map.groupBy(faults, ({ archive, candidate }) => `${archive} ${candidate}`);
  return [...byMirror.values()].flatMap((found) => {
    const [first] = found;
    if (first === undefined) return [];
    const words = [...new Set(found.map(describeFault))].join("; ");
    return [{ archive: first.archive, mirror: first.candidate, words, times: found.length }];
  });
}
