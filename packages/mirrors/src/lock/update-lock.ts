import { createWriteStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { didYouMean, PibuildError } from "@pibuild/core";
import { laterArchives } from "../policy/later-archive.ts";
import type { Lock, LockedPackage } from "../policy/lock.ts";
import { addLater } from "./add-later.ts";
import { type Installed, lastVersions, nameOfPackage, statusText } from "./installed.ts";
import { newestReleases } from "./newest-releases.ts";
import { type LockFetching, openFetching } from "./open-fetching.ts";
import { type Offered, type Reading, readOffer } from "./read-offer.ts";
import { openSimulation, type Simulated, type Versioned } from "./simulate-apt.ts";
import { upgradeAll, upgradeNamed } from "./upgrade.ts";

/**
 * A lock with newer versions of packages, and of what these need to change; of all where no names are given. What
 * mirrors have now decides, and apt's own way of choosing. Throws USAGE for a package that the lock has not, or
 * that cannot be changed alone, and NobodyDelivers.
 */
export async function updateLock(
  lock: Lock,
  names: readonly string[],
  options: LockFetching,
): Promise<Lock> {
  checkNames(lock, names);
  await mkdir(options.directory, { recursive: true });
  using fetching = openFetching(options, options.directory);
  const checksSignatures = names.length > 0;
  const releases = await newestReleases(lock, { ...options, checksSignatures }, fetching);
  const { exec } = options;
  const held = lock.releases.map(({ archive }) => archive);
  const archives = [...options.archives, ...laterArchives(options.archives, held)];
  const foreign = lock.packages.map(({ architecture }) => architecture);
  const architectures = [...new Set([lock.architecture, ...foreign])].filter((a) => a !== "all");
  const reading = { ...{ fetching, exec, archives, architectures } };
  await using apt = await openSimulation(exec, architectures, { preferred: names.length === 0 });
  const installed = await readInstalled(lock, reading);
  await writeFile(apt.statusFile, statusText(installed), "latin1");
  const offered = new Map<string, Offered>();
  async function* paragraphs() {
    for (const release of releases) {
      for await (const [found, paragraph] of readOffer(reading, release)) {
        const known = offered.get(keyOf(found));
        // Two archives may have it: the same one is taken each time.
        if (known === undefined || known.archive > found.archive) offered.set(keyOf(found), found);
        yield `${paragraph}\n\n`;
      }
    }
  }
  await pipeline(paragraphs, createWriteStream(apt.packagesFile, "latin1"));
  if (names.length === 0) {
    const changes = await upgradeAll(apt, installed);
    return { ...lock, releases, packages: renewed(lock.packages, changes, offered) };
  }
  const changes = await upgradeNamed({ apt, installed, offered, exec }, names);
  return addLater(
    lock,
    changes.installs.flatMap((each) => offered.get(keyOf(each)) ?? []),
  );
}

function keyOf({ name, version, architecture }: Versioned): string {
  return `${name} ${version} ${architecture}`;
}

function checkNames(lock: Lock, names: readonly string[]): void {
  const known = new Set(lock.packages.map(({ name }) => name));
  const unknown = names.find((name) => !known.has(name));
  if (unknown === undefined) return;
  const near = didYouMean(unknown, [...known]);
  const message = `the lock has no package \`${unknown}\``;
  throw new PibuildError("USAGE", {
    message,
    hint: near === undefined ? "name packages that the lock has" : `did you mean \`${near}\`?`,
  });
}

async function readInstalled(lock: Lock, reading: Reading): Promise<Installed[]> {
  const last = await lastVersions(reading.exec, lock.packages);
  const wanted = new Map(last.map((each) => [keyOf(each), each]));
  const found = new Map<string, Installed>();
  for (const release of lock.releases) {
    for await (const [{ name, version, architecture }, paragraph] of readOffer(reading, release)) {
      const locked = wanted.get(keyOf({ name, version, architecture }));
      if (locked !== undefined) found.set(keyOf(locked), { locked, paragraph });
    }
  }
  return [...found.values()];
}

function renewed(
  packages: readonly LockedPackage[],
  { installs, removes }: Simulated,
  offered: ReadonlyMap<string, Offered>,
): LockedPackage[] {
  const changed = new Set(installs.map(nameOfPackage));
  const stay = packages.filter(
    (each) => !changed.has(nameOfPackage(each)) && !removes.includes(each.name),
  );
  // What no release has any more cannot be installed again.
  return [...stay, ...installs].flatMap((each) => {
    const found = offered.get(keyOf(each));
    if (found === undefined) return [];
    const { component: _component, release: _release, ...locked } = found;
    return [locked];
  });
}
