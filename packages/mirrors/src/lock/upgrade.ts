import { PibuildError } from "@pibuild/core";
import { type Installed, isNewer, neededByOthers } from "./installed.ts";
import type { LockFetching } from "./open-fetching.ts";
import type { Offered } from "./read-offer.ts";
import { type AptSimulation, offeredSuite, type Simulated } from "./simulate-apt.ts";

/**
 * How apt upgrades all. What came for others, and is needed no more, goes: an image that is built anew would
 * not have it.
 */
export async function upgradeAll(
  apt: AptSimulation,
  installed: readonly Installed[],
): Promise<Simulated> {
  const auto = neededByOthers(installed);
  await apt.markAuto(auto);
  // Those that need just each other were asked for.
  const { removes } = await apt.ask(["autoremove"]);
  await apt.markAuto(auto.filter(({ name }) => !removes.includes(name)));
  return await apt.ask(["dist-upgrade", "--autoremove"]);
}

interface Upgrading {
  readonly apt: AptSimulation;
  readonly installed: readonly Installed[];
  readonly offered: ReadonlyMap<string, Offered>;
  readonly exec: LockFetching["exec"];
}

/**
 * How apt upgrades some packages, and what is in their way. Throws USAGE where that has no newer version.
 */
export async function upgradeNamed(
  { apt, installed, offered, exec }: Upgrading,
  names: readonly string[],
): Promise<Simulated> {
  const newer = async (name: string) => {
    const { locked } = installed.find((each) => each.locked.name === name) ?? {};
    if (locked === undefined) return false;
    for (const each of offered.values())
      if (each.name === name && (await isNewer(exec, each.version, locked.version))) return true;
    return false;
  };
  const wanted = new Set<string>();
  for (const name of names) if (await newer(name)) wanted.add(name);
  for (;;) {
    if (wanted.size === 0) return { installs: [], removes: [] };
    const changes = await apt.ask(["install", ...[...wanted].map((n) => `${n}/${offeredSuite}`)]);
    if (changes.removes.length === 0) return changes;
    // What stands in the way is of the same source, as a rule, and has a newer version as well.
    const [blocking] = changes.removes.filter((name) => !wanted.has(name));
    if (blocking === undefined || !(await newer(blocking))) {
      const message = `${names.join(", ")} cannot be updated alone: ${changes.removes.join(", ")} would have to go`;
      throw new PibuildError("USAGE", { message, hint: "update all, without names" });
    }
    wanted.add(blocking);
  }
}
