import { type FileHandle, open } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Fetching, fetchFile, NobodyDelivers } from "../fetch/fetch-file.ts";
import type { Archive } from "../policy/archive.ts";
import { type Routed, routeUrl } from "../policy/route.ts";
import type { Found, Suites } from "../release/suites.ts";
import type { Stored } from "../store/package-store.ts";
import { reasonOf } from "./reason.ts";
import { sendFile } from "./send-file.ts";

export interface Answering extends Fetching {
  readonly archives: readonly Archive[];
  readonly suites: Suites;
}

const releaseFile = /^(.*?)(InRelease|Release|Release\.gpg)$/;

/** Makes what answers the requests of a proxy. */
export function createAnswer(
  answering: Answering,
): (request: IncomingMessage, response: ServerResponse) => void {
  const fetched = new Map<string, Promise<Stored>>();
  return (request, response) => {
    answer(answering, fetched, request, response).catch((error: unknown) => fail(response, error));
  };
}

async function answer(
  answering: Answering,
  fetched: Map<string, Promise<Stored>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== "GET" && request.method !== "HEAD")
    return refuse(response, 405, "only GET and HEAD");
  const routed = routeUrl(answering.archives, request.url ?? "");
  if (routed === undefined)
    return refuse(response, 403, "the mirror policy has no archive with this address");
  const [, root, name] = releaseFile.exec(routed.path) ?? [];
  if (root !== undefined && name !== undefined && /(?:^|\/)$/.test(root))
    return answerRelease(answering, routed, { root, name }, response);
  const found = await answering.suites.find(routed.archive, routed.path);
  if (found === undefined)
    return refuse(response, 404, "no release of the archive that was fetched here names it");
  await using file = await openFound(answering, fetched, routed.archive, found);
  await sendFile(request, response, {
    ...{ file, size: found.named.size },
    headers: { "last-modified": new Date(found.suite.release.date).toUTCString() },
  });
}

/** A file of the store, open: another build may remove it at any time, and then it is fetched again. */
async function openFound(
  answering: Answering,
  fetched: Map<string, Promise<Stored>>,
  archive: Archive,
  found: Found,
): Promise<FileHandle> {
  const { sha256 } = found.named;
  for (;;) {
    const stored = await once(
      fetched,
      { key: sha256, rememberMs: answering.limits.rememberMs },
      async () => {
        return (await answering.store.find(sha256)) ?? fetchFile(answering, archive, found.named);
      },
    );
    try {
      await answering.suites.learn(found, stored);
      return await open(stored.path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
}

async function answerRelease(
  { suites }: Answering,
  { archive }: Routed,
  { root, name }: { root: string; name: string },
  response: ServerResponse,
): Promise<void> {
  const suite = await suites.release(archive, root, name === "InRelease" ? name : "Release");
  const text = name === "Release.gpg" ? suite?.signature : suite?.text;
  if (suite === undefined || text === undefined) return refuse(response, 404, "no mirror has it");
  const bytes = Buffer.from(text, "latin1");
  response.writeHead(200, {
    "content-length": bytes.length,
    "last-modified": new Date(suite.release.date).toUTCString(),
  });
  response.end(bytes);
}

/** Several who ask for a file at once share what comes of it; a failure is shared for a while. */
async function once(
  fetched: Map<string, Promise<Stored>>,
  { key, rememberMs }: { readonly key: string; readonly rememberMs: number },
  make: () => Promise<Stored>,
): Promise<Stored> {
  const known = fetched.get(key);
  if (known !== undefined) return known;
  const made = make();
  fetched.set(key, made);
  made.then(
    () => fetched.delete(key),
    (error) => {
      if (error instanceof NobodyDelivers)
        setTimeout(() => fetched.delete(key), rememberMs).unref();
      else fetched.delete(key);
    },
  );
  return made;
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  // apt shows the reason, and nothing of the text below.
  response.writeHead(status, reason, {
    "content-type": "text/plain",
    "content-length": reason.length + 1,
  });
  response.end(`${reason}\n`);
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const faults = error instanceof NobodyDelivers ? error.faults : [];
  const isAbsent = faults.length > 0 && faults.every(({ detail = "" }) => /^404/.test(detail));
  refuse(response, isAbsent ? 404 : 502, reasonOf(error));
}
