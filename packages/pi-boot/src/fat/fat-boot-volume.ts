import { type BootVolume, pathSteps } from "../volume/boot-volume.ts";
import { type FatEntry, fatEntries } from "./fat-directory.ts";
import type { ByteReader } from "./read-fat.ts";
import { type FatVolume, readChain } from "./read-fat.ts";

/** The boot partition in a FAT. Names match whatever their case, and by their short form as well. */
export function fatBootVolume(disk: ByteReader, volume: FatVolume): BootVolume {
  const files = new FatFiles(disk, volume);
  return {
    read: async (path, maxBytes) => {
      const file = await files.find(path);
      return file && !file.isDirectory ? await files.content(file, maxBytes) : undefined;
    },
    has: async (path) => {
      const file = await files.find(path);
      return file !== undefined && !file.isDirectory && file.bytes > 0;
    },
    list: async (path) => {
      const directory = await files.find(path);
      if (directory?.isDirectory !== true) return [];
      const entries = (await files.entries(directory.firstCluster)).values();
      return [...new Set([...entries].map(({ name }) => name))];
    },
  };
}

const root = { name: "", shortName: "", isDirectory: true, bytes: 0, firstCluster: 0 };

/** Reads each directory and each small file once: seventeen models of boards ask for the same ones. */
class FatFiles {
  readonly #disk: ByteReader;
  readonly #volume: FatVolume;
  readonly #directories = new Map<number, ReadonlyMap<string, FatEntry>>();
  readonly #contents = new Map<string, Buffer | undefined>();

  constructor(disk: ByteReader, volume: FatVolume) {
    this.#disk = disk;
    this.#volume = volume;
  }

  async find(path: string): Promise<FatEntry | undefined> {
    const steps = pathSteps(path);
    let found: FatEntry | undefined = steps && root;
    for (const step of steps ?? []) {
      if (found?.isDirectory !== true) return undefined;
      const entries: ReadonlyMap<string, FatEntry> = await this.entries(found.firstCluster);
      found = entries.get(step.toLowerCase());
    }
    return found;
  }

  /** What is in a directory, by its names in small letters. */
  async entries(cluster: number): Promise<ReadonlyMap<string, FatEntry>> {
    const known = this.#directories.get(cluster);
    if (known !== undefined) return known;
    const entries = new Map<string, FatEntry>();
    for await (const entry of fatEntries(this.#disk, this.#volume, cluster)) {
      for (const name of [entry.name, entry.shortName].map((one) => one.toLowerCase()))
        if (!entries.has(name)) entries.set(name, entry);
    }
    this.#directories.set(cluster, entries);
    return entries;
  }

  async content({ firstCluster, bytes }: FatEntry, maxBytes: number): Promise<Buffer | undefined> {
    if (bytes > maxBytes) return undefined;
    if (bytes === 0) return Buffer.alloc(0);
    const key = `${firstCluster} ${bytes}`;
    if (!this.#contents.has(key)) {
      this.#contents.set(key, await readChain(this.#disk, this.#volume, firstCluster, bytes));
    }
    return this.#contents.get(key);
  }
}
