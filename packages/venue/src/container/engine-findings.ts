import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { bootId, canonicalJson, placeFile, sha256 } from "@pibuild/core";
import type { EngineName } from "@pibuild/host";
import type { ReadyEngine } from "../engine/find-engine.ts";
import type { Network } from "./network.ts";
import { type Rights, rightsLadder } from "./rights.ts";

/** What was found by trying. */
export interface EngineFindings {
  readonly network: Network;
  readonly rights: Rights;
}

/** What an engine allowed is remembered until it, its version or the machine is another. */
export async function findingsFile(
  cache: string,
  { engine, info }: ReadyEngine,
  image: string,
): Promise<string> {
  const key = sha256(canonicalJson({ engine: engine.name, info, boot: await bootId(), image }));
  return join(cache, `settled-${key.slice(0, 16)}.json`);
}

/** Undefined where nothing was found, or by an older release, which asked for other rights. */
export async function readFindings(
  file: string,
  engine: EngineName,
): Promise<EngineFindings | undefined> {
  try {
    const { network, rights } = JSON.parse(await readFile(file, "utf8")) as EngineFindings;
    const kinds: unknown[] = ["dedicated", "host"];
    const isNetwork = kinds.includes(network.kind) && typeof network.name === "string";
    const known = rightsLadder(engine).find((each) => isDeepStrictEqual(each, rights));
    return isNetwork && known !== undefined ? { network, rights: known } : undefined;
  } catch {
    // Not tried yet, or cut short: it is tried again.
    return undefined;
  }
}

export async function writeFindings(file: string, settled: EngineFindings): Promise<void> {
  await mkdir(join(file, ".."), { recursive: true });
  await placeFile(file, JSON.stringify(settled));
}

/** For what no longer holds. */
export async function forgetFindings(file: string): Promise<void> {
  await rm(file, { force: true });
}
