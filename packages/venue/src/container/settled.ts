import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson, sha256 } from "@pibuild/core";
import type { ReadyEngine } from "../engine/find-engine.ts";
import type { Network } from "./network.ts";
import type { Rights } from "./rights.ts";

/** What was found by trying. */
export interface Settled {
  readonly network: Network;
  readonly rights: Rights;
}

/** What an engine allowed is remembered until it, its version or the machine is another. */
export async function settledFile(
  cache: string,
  { engine, info }: ReadyEngine,
  image: string,
): Promise<string> {
  const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
  const key = sha256(canonicalJson({ engine: engine.name, info, boot, image }));
  return join(cache, `settled-${key.slice(0, 16)}.json`);
}

export async function readSettled(file: string): Promise<Settled | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Settled;
  } catch {
    // Not tried yet, or cut short: it is tried again.
    return undefined;
  }
}

export async function writeSettled(file: string, settled: Settled): Promise<void> {
  await mkdir(join(file, ".."), { recursive: true });
  await writeFile(`${file}.${process.pid}`, JSON.stringify(settled));
  await rename(`${file}.${process.pid}`, file);
}

/** For what no longer holds. */
export async function forgetSettled(file: string): Promise<void> {
  await rm(file, { force: true });
}
