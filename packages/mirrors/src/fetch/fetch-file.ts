import { setTimeout as sleep } from "node:timers/promises";
import type { Login } from "@pibuild/core";
import { joinLogins, type Sha256 } from "@pibuild/core";
import type { Archive } from "../policy/archive.ts";
import type { Limits } from "../policy/limits.ts";
import type { PackageStore, Part, Stored } from "../store/package-store.ts";
import { faultOf, MirrorFault, mayPass } from "./fault.ts";
import type { FaultReport, Health } from "./health.ts";
import { askServer, type Connections, type Route } from "./http-answer.ts";
import { readAnswer } from "./read-answer.ts";

/** All that fetching takes. */
export interface Fetching {
  readonly store: PackageStore;
  readonly health: Health;
  readonly connections: Connections;
  readonly limits: Limits;
  readonly logins: readonly Login[];
  /** Variables of the proxy that leads to the network. */
  readonly proxyEnv: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** A file of an archive, as its index names it. */
export interface Named {
  /** From the archive's address on. */
  readonly path: string;
  /** Where mirrors may have it by its content as well; asked first. */
  readonly byHash?: string | undefined;
  readonly size: number;
  readonly sha256: Sha256;
}

/** No mirror delivers a file. */
export class NobodyDelivers extends Error {
  override readonly name = "NobodyDelivers";
  readonly archive: string;
  readonly path: string;
  /** Of each mirror the last. */
  readonly faults: readonly FaultReport[];

  constructor(archive: string, path: string, faults: readonly FaultReport[]) {
    super(`no mirror of ${archive} delivers ${path}`);
    [this.archive, this.path, this.faults] = [archive, path, faults];
  }
}

/**
 * A file with exactly the named bytes, whoever sends them; the archive's snapshot is asked where no mirror does.
 * Throws NobodyDelivers and AbortError.
 */
export async function fetchFile(
  fetching: Fetching,
  { snapshot, ...archive }: Archive,
  named: Named,
): Promise<Stored> {
  try {
    return await fromCandidates(fetching, archive, named);
  } catch (error) {
    if (!(error instanceof NobodyDelivers) || snapshot === undefined) throw error;
    const { byHash: _byHash, ...byPath } = named;
    const old = { ...archive, candidates: [snapshot] };
    return await fromCandidates(fetching, old, byPath).catch((later: unknown) => {
      if (!(later instanceof NobodyDelivers)) throw later;
      throw new NobodyDelivers(archive.name, named.path, [...error.faults, ...later.faults]);
    });
  }
}

async function fromCandidates(fetching: Fetching, archive: Archive, named: Named): Promise<Stored> {
  const { store, health, limits } = fetching;
  await using part = await store.receive();
  const last = new Map<string, FaultReport>();
  const from = new Set<string>();
  const givesUpAt = Date.now() + limits.giveUpMs;
  let asked = archive.candidates;
  for (let round = 0; asked.length > 0; round++) {
    for (const candidate of health.order(asked)) {
      // Who is left alone may be as slow as it is.
      const leastRate =
        round === 0 && last.size < archive.candidates.length - 1 ? limits.leastRate : 0;
      try {
        if (part.size < named.size) from.add(candidate);
        await append(fetching, archive, { candidate, named, part, leastRate });
        if (part.sum() !== named.sha256) throw new MirrorFault("content");
        health.good(candidate);
        return await part.keep();
      } catch (error) {
        const fault = faultOf(error);
        if (fault === undefined) throw error;
        if (fault.fault.kind === "content") {
          await part.restart();
          // Pieces of several do not say whose are wrong: each is asked again, for all of it.
          const mixed = from.size > 1;
          from.clear();
          if (mixed) {
            last.set(candidate, {
              ...fault.fault,
              kind: "short",
              ...at(archive, candidate, named),
            });
            continue;
          }
        }
        const report = { ...fault.fault, ...at(archive, candidate, named) };
        last.set(candidate, report);
        health.bad(report);
      }
      if (Date.now() > givesUpAt) break;
    }
    asked = archive.candidates.filter((candidate) =>
      mayPass(last.get(candidate) ?? { kind: "short" }),
    );
    if (round === limits.retries || Date.now() > givesUpAt) break;
    if (asked.length > 0) await pause(limits.pauseMs * 2 ** round, fetching.signal);
  }
  throw new NobodyDelivers(archive.name, named.path, [...last.values()]);
}

function at(archive: Archive, candidate: string, { path }: Named) {
  return { archive: archive.name, candidate, path };
}

/** Longer or shorter by half, so that those who failed together do not come back together. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms * (0.5 + Math.random()), undefined, { signal });
}

interface Appending {
  readonly candidate: string;
  readonly named: Named;
  readonly part: Part;
  readonly leastRate: number;
}

/** Adds what is missing; by its content where the mirror has it so. */
async function append(
  fetching: Fetching,
  archive: Archive,
  { candidate, named, part, leastRate }: Appending,
) {
  const paths = named.byHash === undefined ? [named.path] : [named.byHash, named.path];
  for (const path of paths) {
    try {
      return await appendFrom(path);
    } catch (error) {
      const isAbsent =
        error instanceof MirrorFault && /^(?:404|410)/.test(error.fault.detail ?? "");
      if (!isAbsent || path === paths.at(-1)) throw error;
    }
  }

  async function appendFrom(path: string) {
    if (part.size === named.size) return;
    const from = part.size;
    const answer = await askServer({
      url: joinLogins(`${candidate}/${encodeURI(path)}`, fetching.logins),
      headers: { accept: "*/*", ...(from > 0 ? { range: `bytes=${from}-` } : {}) },
      route: routeOf(fetching, archive),
      connections: fetching.connections,
      answerMs: fetching.limits.answerMs,
      signal: fetching.signal,
    });
    const { stallMs, patienceMs } = fetching.limits;
    const reading = {
      stallMs,
      patienceMs,
      leastRate,
      size: named.size,
      from,
      mostBytes: named.size,
    };
    await readAnswer(answer, reading, (bytes) => part.write(bytes));
  }
}

/** How an archive's mirrors are reached. */
export function routeOf({ proxyEnv }: Pick<Fetching, "proxyEnv">, { direct }: Archive): Route {
  return { proxyEnv: direct ? {} : proxyEnv };
}
