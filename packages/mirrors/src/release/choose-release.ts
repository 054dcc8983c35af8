import { setTimeout as sleep } from "node:timers/promises";
import type { Exec, Sha256 } from "@pibuild/core";
import { mayPass } from "../fetch/fault.ts";
import { type Fetching, NobodyDelivers } from "../fetch/fetch-file.ts";
import type { FaultReport } from "../fetch/health.ts";
import { useFile } from "../fetch/use-file.ts";
import type { IndexTable } from "../index/index-table.ts";
import { loadTable } from "../index/load-table.ts";
import { packagesNames } from "../index/packages-names.ts";
import type { Archive } from "../policy/archive.ts";
import type { Lock } from "../policy/lock.ts";
import { isSigned } from "./check-signature.ts";
import { type FoundRelease, fetchReleases } from "./fetch-releases.ts";
import { nameOf } from "./release-names.ts";

/** A release with all that it names for the wanted architectures. */
export interface Suite extends FoundRelease {
  /** The directory that its names begin at, with a slash at its end; empty for an archive of one directory. */
  readonly root: string;
  /** `InRelease` or `Release`. */
  readonly file: string;
  /** Of the indexes of packages that were read, by the sum of each. */
  readonly tables: Map<Sha256, IndexTable>;
}

export interface Choosing extends Fetching {
  readonly exec: Exec;
  /** Debian's names of architectures whose indexes must be there. */
  readonly architectures: readonly string[];
  readonly lock?: Lock | undefined;
  /** Directories with apt's lists, which may be from elsewhere: what they name is looked up last. */
  readonly lists?: readonly string[] | undefined;
}

/**
 * The newest release of a suite that some mirrors have with all its indexes: these are in the store then. One
 * whose indexes nobody has is passed over, as a mirror that is taking an update has one. Undefined where no mirror
 * has any. Throws NobodyDelivers.
 */
export async function chooseRelease(
  choosing: Choosing,
  archive: Archive,
  root: string,
  file: string,
): Promise<Suite | undefined> {
  const path = `${root}${file}`;
  let faults: readonly FaultReport[] = [];
  for (let round = 0; ; round++) {
    // One that has just kept us waiting need not do so for each suite.
    const { candidates } = archive;
    const asked = round === 0 ? choosing.health.awake(candidates) : candidates;
    const fetched = await fetchReleases(choosing, { ...archive, candidates: asked }, path);
    faults = fetched.faults;
    const unknown = fetched.faults.map(({ candidate }) => candidate);
    for (const [index, found] of fetched.found.entries()) {
      const isLast = index === fetched.found.length - 1;
      const tables = await readIndexes(choosing, archive, { root, found, isLast, unknown });
      if (!(tables instanceof Map)) {
        faults = [
          ...faults,
          ...found.candidates.map((candidate) =>
            report(choosing, { ...tables, archive: archive.name, candidate, path }),
          ),
        ];
        continue;
      }
      for (const { candidates, release } of fetched.found.slice(index + 1)) {
        const kind = release.date < found.release.date ? "old" : "content";
        for (const candidate of candidates)
          report(choosing, { kind, archive: archive.name, candidate, path });
      }
      return { ...found, root, file, tables };
    }
    if (asked.length < candidates.length) continue;
    if (round >= choosing.limits.retries || !faults.some(mayPass)) break;
    await sleep(choosing.limits.pauseMs * 2 ** round * (0.5 + Math.random()), undefined, {
      signal: choosing.signal,
    });
  }
  if (faults.every(({ kind, detail = "" }) => kind === "status" && /^(?:404|410)/.test(detail)))
    return undefined;
  throw new NobodyDelivers(archive.name, path, faults);
}

function report({ health }: Fetching, fault: FaultReport): FaultReport {
  health.bad(fault);
  return fault;
}

interface Complete {
  readonly root: string;
  readonly found: FoundRelease;
  /** Whether there is no other to fall back on. */
  readonly isLast: boolean;
  /** Mirrors whose release is not known. */
  readonly unknown: readonly string[];
}

/** The tables of a release's indexes, or what is wrong with it. */
export async function readIndexes(
  choosing: Choosing,
  archive: Archive,
  { root, found, isLast, unknown }: Complete,
): Promise<Suite["tables"] | Pick<FaultReport, "kind" | "detail">> {
  if (archive.keyring !== undefined && !(await isSigned(choosing.exec, found, archive.keyring)))
    return { kind: "signature" };
  // Those that have another release are not asked: that they have other indexes is no fault of theirs.
  const others = archive.candidates.filter((candidate) => unknown.includes(candidate));
  const from = { ...archive, candidates: [...found.candidates, ...others] };
  const limits = isLast ? choosing.limits : { ...choosing.limits, retries: 0 };
  const { entries } = found.release;
  const tables = new Map<Sha256, IndexTable>();
  for (const name of packagesNames(entries.keys(), choosing.architectures)) {
    const named = nameOf(root, name, found.release);
    if (named === undefined) continue;
    try {
      await useFile({ ...choosing, limits }, from, named, async (stored) => {
        const { exec, store } = choosing;
        tables.set(stored.sha256, await loadTable(exec, store.directory, stored, name));
      });
    } catch (error) {
      if (error instanceof NobodyDelivers) return { kind: "half-synced", detail: name };
      throw error;
    }
  }
  return tables;
}
