import { mkdir, readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { placeFile } from "@pibuild/core";
import type { Named } from "../fetch/fetch-file.ts";
import { keptTable, loadTable } from "../index/load-table.ts";
import { isPackagesIndex } from "../index/packages-names.ts";
import type { Archive } from "../policy/archive.ts";
import type { Stored } from "../store/package-store.ts";
import { type Choosing, chooseRelease, type Suite } from "./choose-release.ts";
import { lockedRelease } from "./locked-release.ts";
import { readLists } from "./read-lists.ts";
import { readRelease } from "./release-file.ts";
import { nameByHash, nameOf } from "./release-names.ts";

/** A file that a release or one of its indexes names, and the suite of it. */
export interface Found {
  readonly named: Named;
  readonly suite: Suite;
}

/**
 * The suites that were asked for. Each has one release for as long as this lives, whatever mirrors do meanwhile:
 * all that comes from it fits together.
 */
export class Suites {
  readonly #choosing: Choosing;
  readonly #chosen = new Map<string, Promise<Suite | undefined>>();
  /** Read once each. */
  readonly #earlier = new Map<string, Promise<readonly Suite[]>>();

  constructor(choosing: Choosing) {
    this.#choosing = choosing;
  }

  /** The release of a suite: InRelease, or Release where no mirror has that. Throws NobodyDelivers. */
  release(archive: Archive, root: string, file: string): Promise<Suite | undefined> {
    const key = `${archive.name} ${root}${file}`;
    let chosen = this.#chosen.get(key);
    if (chosen === undefined) {
      chosen = this.#choose(archive, root, file);
      this.#chosen.set(key, chosen);
      // A mirror may be back the next time.
      const forget = () => this.#chosen.delete(key);
      chosen.catch(() => setTimeout(forget, this.#choosing.limits.rememberMs).unref());
    }
    return chosen;
  }

  /** The file at a path below an archive's address; undefined where nothing that is signed names it. */
  async find(archive: Archive, path: string): Promise<Found | undefined> {
    const chosen = await Promise.all(
      [...this.#chosen]
        .filter(([key]) => key.startsWith(`${archive.name} `))
        .map(([, suite]) => suite.catch(() => undefined)),
    );
    const suites = chosen.filter((suite) => suite !== undefined);
    for (const suite of suites) {
      const named = inSuite(suite, path);
      if (named !== undefined) return { named, suite };
    }
    // Lists of a tree may be from a build before this one.
    for (const suite of await this.#before(archive)) {
      const named = inSuite(suite, path);
      if (named !== undefined) return { named, suite };
    }
    for (const directory of this.#choosing.lists ?? []) {
      for (const suite of await readLists(directory, archive, this.#choosing.store.directory)) {
        const named = inSuite(suite, path);
        if (named === undefined) continue;
        // The lists of a tree are read once, and again where they name what was not known.
        this.#earlier.set(archive.name, Promise.resolve([...(await this.#before(archive)), suite]));
        return { named, suite };
      }
    }
    return undefined;
  }

  /** Reads an index that is not of the wanted architectures, before anybody asks for its packages. */
  async learn({ named, suite }: Found, stored: Stored): Promise<void> {
    if (!isPackagesIndex(named.path) || suite.tables.has(stored.sha256)) return;
    const { exec, store } = this.#choosing;
    const table = await loadTable(exec, store.directory, stored, named.path);
    suite.tables.set(stored.sha256, table);
  }

  async #choose(archive: Archive, root: string, file: string): Promise<Suite | undefined> {
    const suite = await this.#anyRelease(archive, root, file);
    if (suite === undefined) return undefined;
    const to = join(this.#directory(archive), `${encodeURIComponent(root)}${file}`);
    await mkdir(dirname(to), { recursive: true });
    const bytes = Buffer.from(suite.text, "latin1");
    await placeFile(to, bytes);
    // A lock names it by its content.
    await using part = await this.#choosing.store.receive();
    await part.write(bytes);
    await part.keep();
    return suite;
  }

  async #anyRelease(archive: Archive, root: string, file: string): Promise<Suite | undefined> {
    const { lock } = this.#choosing;
    if (lock !== undefined) return lockedRelease({ ...this.#choosing, lock }, archive, root, file);
    if (archive.candidates.length > 0) return chooseRelease(this.#choosing, archive, root, file);
    // Without a network the release of the last time holds.
    return (await this.#before(archive)).find(
      (suite) => suite.root === root && suite.file === file,
    );
  }

  #before(archive: Archive): Promise<readonly Suite[]> {
    let found = this.#earlier.get(archive.name);
    if (found === undefined) {
      found = this.#readEarlier(archive);
      this.#earlier.set(archive.name, found);
    }
    return found;
  }

  async #readEarlier(archive: Archive): Promise<Suite[]> {
    const suites: Suite[] = [];
    const directory = this.#directory(archive);
    for (const name of await readdir(directory).catch(() => [])) {
      const [, encoded] = /^(.*?)(?:In)?Release$/.exec(name) ?? [];
      if (encoded === undefined) continue;
      const text = await readFile(join(directory, name), "latin1");
      const release = readRelease(text);
      if (release === undefined) continue;
      const tables: Suite["tables"] = new Map();
      for (const [entry, { sha256 }] of release.entries) {
        if (!isPackagesIndex(entry)) continue;
        const table = await keptTable(this.#choosing.store.directory, sha256);
        if (table !== undefined) tables.set(sha256, table);
      }
      const root = decodeURIComponent(encoded);
      const file = name.slice(encoded.length);
      suites.push({ ...{ text, release, root, file, tables }, candidates: [] });
    }
    return suites;
  }

  #directory(archive: Archive): string {
    return join(this.#choosing.store.directory, "releases", encodeURIComponent(archive.name));
  }
}

function inSuite({ root, release, tables }: Suite, path: string): Named | undefined {
  if (path.startsWith(root)) {
    const asked = path.slice(root.length);
    const named = nameOf(root, nameByHash(asked, release) ?? asked, release);
    if (named !== undefined) return named;
  }
  for (const table of tables.values()) {
    const entry = table.find(path);
    if (entry !== undefined) return { path, ...entry };
  }
  return undefined;
}
