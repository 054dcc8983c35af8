import { facts } from "../apply-rig.ts";
import { cmdline, content, description } from "../rig.ts";
import type { KnownSystem } from "./invariants.ts";

/** The smallest that the format has: many writes in few bytes. */
export const chunkSize = 4096;
export const bootSize = 8 * chunkSize;
export const rootSize = 8 * chunkSize;

/** A system that fills its slots, with the first sector of a FAT. */
export function makeSystem(name: string, version: string, securityEpoch: number): KnownSystem {
  const boot = content(`${name} boot`, bootSize);
  boot.writeUInt8(0xeb, 0);
  boot.writeUInt16LE(512, 11);
  boot.writeUInt8(1, 13);
  boot.writeUInt16LE(0xaa55, 510);
  const root = content(`${name} root`, rootSize);
  // Where the new system has zeros, the slot has to get them, too.
  if (name === "next") root.fill(0, 3 * chunkSize, 5 * chunkSize);
  const [a, b] = [Buffer.from(boot), boot];
  cmdline.a.copy(a, cmdline.offset);
  cmdline.b.copy(b, cmdline.offset);
  return { name, version, securityEpoch, boot: { a, b }, root };
}

/** What the other slot has before the update: the system before the one that runs. */
export const older = makeSystem("older", "1.0.0", 1);
export const old = makeSystem("old", facts.version, facts.securityEpoch);

/** What the payload brings: some of it is in the old one as well. */
export const next: KnownSystem = (() => {
  const made = makeSystem("next", description.version, description.securityEpoch);
  old.root.copy(made.root, 0, 5 * chunkSize, 6 * chunkSize);
  old.boot.a.copy(made.boot.a, 2 * chunkSize, 2 * chunkSize, 4 * chunkSize);
  old.boot.a.copy(made.boot.b, 2 * chunkSize, 2 * chunkSize, 4 * chunkSize);
  return made;
})();

export const systems: readonly KnownSystem[] = [older, old, next];
