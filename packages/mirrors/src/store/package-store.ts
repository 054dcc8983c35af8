import { createHash } from "node:crypto";
import { lstatSync } from "node:fs";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { openNew, partBeside, type Sha256, sha256File } from "@pibuild/core";
import { identityOf } from "../package-sums.ts";

/** A file of the store, whose content was checked. */
export interface Stored {
  readonly path: string;
  readonly sha256: Sha256;
  readonly size: number;
}

/** A file that is being fetched. It is gone unless it was kept. */
export interface Part extends AsyncDisposable {
  /** How many bytes it has. */
  readonly size: number;
  write(bytes: Uint8Array): Promise<void>;
  /** Throws away what it has. */
  restart(): Promise<void>;
  /** The sum of what it has. */
  sum(): Sha256;
  /** Puts it into the store by its content. */
  keep(): Promise<Stored>;
}

/**
 * Files by their content, in a directory that builds share: each is there once and whole. What lies there is
 * read before it is believed, once for each store that is opened, and again when something touched it.
 */
export class PackageStore {
  readonly directory: string;
  readonly #checked = new Map<Sha256, string>();

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Throws away a file that is damaged. */
  async find(sha256: Sha256): Promise<Stored | undefined> {
    const path = this.#path(sha256);
    const identity = identityOf(path);
    if (identity === undefined) return undefined;
    if (this.#checked.get(sha256) !== identity) {
      if ((await sha256File(path).catch(() => undefined)) !== sha256) {
        await rm(path, { recursive: true, force: true });
        return undefined;
      }
      this.#checked.set(sha256, identity);
    }
    const size = lstatSync(path, { throwIfNoEntry: false })?.size;
    return size === undefined ? undefined : { path, sha256, size };
  }

  async receive(): Promise<Part> {
    const directory = join(this.directory, "partial");
    await mkdir(directory, { recursive: true });
    const path = partBeside(join(directory, "file"));
    const file = await openNew(path);
    let hash = createHash("sha256");
    let size = 0;
    const sum = () => hash.copy().digest("hex") as Sha256;
    return {
      get size() {
        return size;
      },
      write: async (bytes) => {
        for (let at = 0; at < bytes.length; ) {
          at += (await file.write(bytes, at, bytes.length - at, size + at)).bytesWritten;
        }
        hash.update(bytes);
        size += bytes.length;
      },
      restart: async () => {
        await file.truncate(0);
        hash = createHash("sha256");
        size = 0;
      },
      sum,
      keep: async () => {
        const digest = sum();
        const to = this.#path(digest);
        await mkdir(join(to, ".."), { recursive: true });
        await file.chmod(0o644);
        await rename(path, to);
        const identity = identityOf(to);
        if (identity !== undefined) this.#checked.set(digest, identity);
        return { path: to, sha256: digest, size };
      },
      [Symbol.asyncDispose]: async () => {
        await file.close();
        await rm(path, { force: true });
      },
    };
  }

  /** Removes files until they have at most that many bytes: those first that nobody has read for longest. */
  async prune(mostBytes: number): Promise<void> {
    const root = join(this.directory, "sha256");
    const found = [];
    for (const group of await readdir(root).catch(() => [])) {
      for (const name of await readdir(join(root, group)).catch(() => [])) {
        const path = join(root, group, name);
        const stats = await stat(path).catch(() => undefined);
        if (stats?.isFile()) found.push({ path, size: stats.size, at: stats.atimeMs });
      }
    }
    let total = found.reduce((sum, { size }) => sum + size, 0);
    for (const { path, size } of found.sort((a, b) => a.at - b.at)) {
      if (total <= mostBytes) break;
      // Who is reading it goes on: its bytes are there until it is closed.
      await rm(path, { force: true });
      total -= size;
    }
  }

  #path(sha256: Sha256): string {
    return join(this.directory, "sha256", sha256.slice(0, 2), sha256);
  }
}
