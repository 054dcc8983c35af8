import { baseArchive, generationOf, laterArchive } from "../policy/later-archive.ts";
import type { Lock, LockedRelease } from "../policy/lock.ts";
import { nameOfPackage } from "./installed.ts";
import type { Offered } from "./read-offer.ts";

/** A lock in which some packages come from later releases than the others: all that it has besides stays. */
export function addLater(lock: Lock, found: readonly Offered[]): Lock {
  if (found.length === 0) return lock;
  const generation = 1 + Math.max(...lock.releases.map(({ archive }) => generationOf(archive)), 0);
  const changed = new Set(found.map(nameOfPackage));
  const packages = [
    ...lock.packages.filter((each) => !changed.has(nameOfPackage(each))),
    ...found.map(({ component: _component, release: _release, ...locked }) => ({
      ...locked,
      archive: laterArchive(baseArchive(locked.archive), generation),
    })),
  ];
  const used = new Set(packages.map(({ archive }) => archive));
  const releases = [...lock.releases, ...laterReleases(found, generation)].filter(
    ({ archive }) => generationOf(archive) === 0 || used.has(archive),
  );
  return { ...lock, releases, packages };
}

function laterReleases(found: readonly Offered[], generation: number): LockedRelease[] {
  const groups = Map.groupBy(found, ({ release }) => release);
  return [...groups].map(([release, of]) => ({
    ...release,
    archive: laterArchive(baseArchive(release.archive), generation),
    components: [...new Set(of.map(({ component }) => component))].sort(),
  }));
}
