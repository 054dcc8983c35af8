import { joinLogins } from "@pibuild/core";
import { faultOf, MirrorFault } from "../fetch/fault.ts";
import { type Fetching, routeOf } from "../fetch/fetch-file.ts";
import type { FaultReport } from "../fetch/health.ts";
import { askServer } from "../fetch/http-answer.ts";
import { readAnswer } from "../fetch/read-answer.ts";
import type { Archive } from "../policy/archive.ts";
import { type ReleaseFile, readRelease } from "./release-file.ts";

/** A release, and the mirrors that have it. */
export interface FoundRelease {
  readonly text: string;
  /** Of a `Release`: the signature beside it. */
  readonly signature?: string;
  readonly release: ReleaseFile;
  readonly candidates: readonly string[];
}

/** Of a release file; a quarter of a megabyte is usual. */
const mostBytes = 16 * 1024 ** 2;

/**
 * What the mirrors of an archive have as a suite's release, each asked once and all at the same time: the newest
 * first. `faults` has why others have none.
 */
export async function fetchReleases(
  fetching: Fetching,
  archive: Archive,
  path: string,
): Promise<{ readonly found: readonly FoundRelease[]; readonly faults: readonly FaultReport[] }> {
  const byText = new Map<string, FoundRelease>();
  const faults: FaultReport[] = [];
  const detached = path.endsWith("/Release") || path === "Release";
  await Promise.all(
    archive.candidates.map(async (candidate) => {
      try {
        const text = await readText(fetching, archive, `${candidate}/${path}`);
        const release = readRelease(text);
        if (release === undefined) throw new MirrorFault("no-release", "other text");
        const signature = detached
          ? await readText(fetching, archive, `${candidate}/${path}.gpg`)
          : undefined;
        if (release.validUntil !== undefined && release.validUntil < Date.now())
          throw new MirrorFault("expired", `since ${new Date(release.validUntil).toISOString()}`);
        const known = byText.get(text);
        byText.set(text, {
          ...{ text, release, candidates: [...(known?.candidates ?? []), candidate] },
          ...(signature === undefined ? {} : { signature }),
        });
      } catch (error) {
        const fault = faultOf(error);
        if (fault === undefined) throw error;
        const report = { ...fault.fault, archive: archive.name, candidate, path };
        faults.push(report);
        fetching.health.bad(report);
      }
    }),
  );
  const found = [...byText.values()].sort(
    // Of two with the same date one is damaged: not the one that more mirrors have.
    (a, b) => b.release.date - a.release.date || b.candidates.length - a.candidates.length,
  );
  const place = ({ candidate }: FaultReport) => archive.candidates.indexOf(candidate);
  return { found, faults: faults.sort((a, b) => place(a) - place(b)) };
}

async function readText(fetching: Fetching, archive: Archive, url: string): Promise<string> {
  const { connections, limits, signal, logins } = fetching;
  const asked = {
    url: joinLogins(url, logins),
    headers: { accept: "*/*" },
    route: routeOf(fetching, archive),
  };
  const answer = await askServer({ ...asked, connections, answerMs: limits.answerMs, signal });
  const pieces: Buffer[] = [];
  const { stallMs, leastRate, patienceMs } = limits;
  await readAnswer(
    answer,
    { stallMs, leastRate, patienceMs, size: undefined, from: 0, mostBytes },
    async (bytes) => {
      pieces.push(Buffer.from(bytes));
    },
  );
  return Buffer.concat(pieces).toString("latin1");
}
