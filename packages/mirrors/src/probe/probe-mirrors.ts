import type { Login } from "@pibuild/core";
import { joinLogins } from "@pibuild/core";
import { type Fault, faultOf, MirrorFault } from "../fetch/fault.ts";
import { askServer, Connections } from "../fetch/http-answer.ts";
import { readAnswer } from "../fetch/read-answer.ts";
import { packagesNames } from "../index/packages-names.ts";
import type { Archive } from "../policy/archive.ts";
import { defaultLimits, type Limits } from "../policy/limits.ts";
import { type ReleaseFile, readRelease } from "../release/release-file.ts";

/** What a mirror has of a suite, and how fast it is. */
export interface MirrorState {
  readonly archive: string;
  readonly mirror: string;
  readonly suite: string;
  /** What is wrong with it; undefined where it delivers. */
  readonly fault?: Fault;
  /** Milliseconds until its release file was here. */
  readonly latencyMs?: number;
  /** When the release was made, in milliseconds since 1970. */
  readonly date?: number;
  /** Whether no other mirror of the archive has a newer one. */
  readonly inSync?: boolean;
  /** Of an index of packages. */
  readonly bytesPerSecond?: number;
}

export interface ProbeOptions {
  readonly archives: readonly Archive[];
  /** The suite that is asked for, by archive. */
  readonly suiteOf: (archive: string) => string;
  readonly architecture: string;
  readonly logins?: readonly Login[];
  readonly proxyEnv?: Readonly<Record<string, string>>;
  readonly limits?: Partial<Limits>;
  /** Whether an index of packages is fetched as well, to see how fast that is. */
  readonly throughput?: boolean;
}

/** More than any index of packages has. */
const mostBytes = 256 * 1024 ** 2;

/** Milliseconds that somebody waits for one file: a mirror that takes longer is told to be slow. */
const mostMs = 60_000;

/** Asks every mirror of every archive for its release file, all at once; with `throughput` for an index, too. */
export async function probeMirrors(options: ProbeOptions): Promise<MirrorState[]> {
  using connections = new Connections();
  const asked = options.archives.flatMap((archive) =>
    archive.candidates.map((mirror) => probeMirror(options, connections, archive, mirror)),
  );
  const states = await Promise.all(asked);
  return states.map((state) => {
    if (state.date === undefined) return state;
    const dates = states
      .filter(({ archive }) => archive === state.archive)
      .map(({ date = 0 }) => date);
    return { ...state, inSync: state.date === Math.max(...dates) };
  });
}

async function probeMirror(
  options: ProbeOptions,
  connections: Connections,
  archive: Archive,
  mirror: string,
): Promise<MirrorState> {
  const suite = options.suiteOf(archive.name);
  const state = { archive: archive.name, mirror, suite };
  const root = `${mirror}/dists/${suite}`;
  const fetch = (url: string) => fetchBytes(options, connections, archive, url);
  try {
    const { bytes, ms } = await fetch(`${root}/InRelease`);
    const release = readRelease(bytes.toString("latin1"));
    if (release === undefined) throw new MirrorFault("no-release", "other text");
    const found = { ...state, latencyMs: ms, date: release.date };
    if (!options.throughput) return found;
    return {
      ...found,
      ...(await measure(release, options.architecture, (name) => fetch(`${root}/${name}`))),
    };
  } catch (error) {
    const fault = faultOf(error);
    if (fault === undefined) throw error;
    return { ...state, fault: fault.fault };
  }
}

type Fetched = { readonly bytes: Buffer; readonly ms: number };

/** The largest index says most. */
async function measure(
  { entries }: ReleaseFile,
  architecture: string,
  fetch: (name: string) => Promise<Fetched>,
): Promise<Pick<MirrorState, "bytesPerSecond" | "fault">> {
  const size = (name: string) => entries.get(name)?.size ?? 0;
  const [largest] = packagesNames(entries.keys(), [architecture]).sort((a, b) => size(b) - size(a));
  if (largest === undefined) return {};
  const { bytes, ms } = await fetch(largest);
  const bytesPerSecond = Math.round((bytes.length / Math.max(ms, 1)) * 1000);
  return bytes.length === size(largest)
    ? { bytesPerSecond }
    : { bytesPerSecond, fault: { kind: "half-synced", detail: largest } };
}

async function fetchBytes(
  { limits: given, logins = [], proxyEnv = {} }: ProbeOptions,
  connections: Connections,
  { direct }: Archive,
  url: string,
): Promise<Fetched> {
  const limits = { ...defaultLimits, ...given };
  const started = performance.now();
  const signal = AbortSignal.timeout(Math.min(limits.giveUpMs, mostMs));
  const pieces: Buffer[] = [];
  try {
    const answer = await askServer({
      ...{ url: joinLogins(url, logins), headers: { accept: "*/*" }, connections, signal },
      ...{ route: { proxyEnv: direct ? {} : proxyEnv }, answerMs: limits.answerMs },
    });
    const reading = { ...limits, size: undefined, from: 0, mostBytes };
    await readAnswer(answer, reading, async (piece) => void pieces.push(Buffer.from(piece)));
  } catch (error) {
    throw signal.aborted ? new MirrorFault("slow", undefined, { cause: error }) : error;
  }
  return { bytes: Buffer.concat(pieces), ms: performance.now() - started };
}
