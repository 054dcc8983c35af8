import { open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Floor, formatKeyValues, noFloor, parseKeyValues } from "../device/device-facts.ts";
import type { Slot } from "../format/manifest.ts";
import { versionPattern } from "../format/version.ts";

/** A system that was written, and that the firmware may try. */
export interface Pending extends Floor {
  readonly slot: Slot;
  /** sha256 of its manifest. */
  readonly manifest: string;
}

/** What a device remembers beside its systems. Each change is on the medium when it returns. */
export interface UpdateState {
  readFloor(): Promise<Floor>;
  writeFloor(floor: Floor): Promise<void>;
  readPending(): Promise<Pending | undefined>;
  writePending(pending: Pending): Promise<void>;
  removePending(): Promise<void>;
}

/** The state in a directory: `.kn86` on the partition that no update writes. */
export function directoryState(directory: string): UpdateState {
  const values = async (name: string) => {
    const text = await readFile(join(directory, name), "utf8").catch((error) => {
      if (error.code !== "ENOENT") throw error;
    });
    return text === undefined ? undefined : parseKeyValues(text);
  };
  return {
    async readFloor() {
      return floorOf(await values("floor")) ?? noFloor;
    },
    writeFloor: (floor) => replace(directory, "floor", formatKeyValues(floorValues(floor))),
    async readPending() {
      const found = await values("pending");
      const floor = floorOf(found);
      const slot = found?.get("SLOT");
      if (floor === undefined || (slot !== "a" && slot !== "b")) return undefined;
      return { ...floor, slot, manifest: found?.get("MANIFEST") ?? "" };
    },
    writePending: ({ slot, manifest, ...floor }) =>
      replace(
        directory,
        "pending",
        formatKeyValues({ SLOT: slot, ...floorValues(floor), MANIFEST: manifest }),
      ),
    async removePending() {
      await rm(join(directory, "pending"), { force: true });
      await flush(directory);
    },
  };
}

function floorValues({ securityEpoch, version }: Floor) {
  return { SECURITY_EPOCH: securityEpoch, VERSION: version };
}

/** Nothing where there is no whole floor: such a file was never finished, and says nothing. */
function floorOf(values: ReadonlyMap<string, string> | undefined): Floor | undefined {
  const version = values?.get("VERSION") ?? "";
  const epoch = values?.get("SECURITY_EPOCH") ?? "";
  if (!versionPattern.test(version) || !/^\d{1,15}$/.test(epoch)) return undefined;
  return { securityEpoch: Number(epoch), version };
}

async function replace(directory: string, name: string, text: string): Promise<void> {
  const temporary = join(directory, `.${name}.new`);
  {
    await using file = await open(temporary, "w");
    await file.writeFile(text);
    await file.sync();
  }
  await rename(temporary, join(directory, name));
  await flush(directory);
}

/** A name is on the medium when its directory is. */
async function flush(directory: string): Promise<void> {
  await using handle = await open(directory);
  await handle.sync();
}
