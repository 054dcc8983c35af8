import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "@pibuild/core";
import { fieldOf, indexEntry, readParagraphs } from "../index/read-index.ts";
import type { Archive } from "../policy/archive.ts";
import { generationOf } from "../policy/later-archive.ts";
import type { Lock, LockedPackage, LockedRelease } from "../policy/lock.ts";
import { routeUrl } from "../policy/route.ts";
import { listAddress } from "../policy/route-list.ts";

/** Gathers, tree by tree, what apt's lists offer and what dpkg has installed in any. */
export class TreeReader {
  readonly #archives: readonly Archive[];
  readonly #offered = new Map<string, LockedPackage>();
  readonly #releases = new Map<string, LockedRelease & { readonly text: string }>();
  readonly #installed = new Set<string>();
  /** Of later releases, by archive. */
  readonly #components = new Map<string, Set<string>>();

  constructor(archives: readonly Archive[]) {
    this.#archives = archives;
  }

  /** The texts of the releases that were found. */
  get releaseTexts(): string[] {
    return [...this.#releases.values()].map(({ text }) => text);
  }

  /** Adds a tree, or the part of one that a layer has; later ones are above those before. */
  async add(root: string): Promise<void> {
    const lists = join(root, "var/lib/apt/lists");
    for (const name of await plainFiles(lists)) {
      if (/_InRelease$/.test(name)) await this.#addRelease(join(lists, name), name);
      if (name.endsWith("_Packages")) await this.#addIndex(join(lists, name), name);
    }
    try {
      for await (const text of readParagraphs(join(root, "var/lib/dpkg/status")))
        if (/^Status: \S+ \S+ installed$/m.test(text)) this.#installed.add(keyOf(text));
    } catch (error) {
      // A layer that installs nothing has none.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }

  /** What is installed and was offered; `unknown` are the others, which came from no archive. */
  lock(image: Pick<Lock, "image" | "release" | "architecture">): {
    readonly lock: Lock;
    readonly unknown: readonly string[];
  } {
    const packages = [...this.#installed].flatMap((key) => this.#offered.get(key) ?? []);
    const unknown = [...this.#installed].filter((key) => !this.#offered.has(key));
    const releases = [...this.#releases.values()].map(({ text: _text, ...release }) => {
      const root = release.path.slice(0, release.path.lastIndexOf("/") + 1);
      const components = this.#components.get(`${release.archive} ${root}`);
      return { ...release, ...(components && { components: [...components].sort() }) };
    });
    return { lock: { ...image, releases, packages }, unknown };
  }

  async #addRelease(file: string, name: string): Promise<void> {
    const { archive, path } = this.#place(name);
    const text = await readFile(file, "latin1");
    const bytes = Buffer.from(text, "latin1");
    this.#releases.set(`${archive} ${path}`, {
      archive,
      path,
      sha256: sha256(bytes),
      size: bytes.length,
      text,
    });
  }

  async #addIndex(file: string, name: string): Promise<void> {
    const { archive, path } = this.#place(name);
    if (generationOf(archive) > 0) this.#addComponent(archive, path);
    for await (const text of readParagraphs(file)) {
      const entry = indexEntry(text);
      if (entry === undefined) continue;
      const [packageName = "", version = "", architecture = ""] = keyOf(text).split(" ");
      const found = { name: packageName, version, architecture, archive, ...entry };
      const known = this.#offered.get(keyOf(text));
      // Two archives may have it: the same one is taken each time.
      if (known === undefined || known.archive > archive) this.#offered.set(keyOf(text), found);
    }
  }

  #addComponent(archive: string, path: string): void {
    // apt's name of a release sorts before those of its indexes.
    const roots = [...this.#releases.keys()].map((key) => key.slice(0, key.lastIndexOf("/") + 1));
    const key = roots.find((root) => `${archive} ${path}`.startsWith(root));
    const component = /^(.*)\/binary-/.exec(`${archive} ${path}`.slice(key?.length))?.[1];
    if (key === undefined || component === undefined) return;
    this.#components.set(key, (this.#components.get(key) ?? new Set()).add(component));
  }

  /** apt names a list by its address, with `_` in place of `/`. */
  #place(name: string): { readonly archive: string; readonly path: string } {
    const address = listAddress(name);
    const routed = routeUrl(this.#archives, address);
    if (routed !== undefined) return { archive: routed.archive.name, path: routed.path };
    const [, archive = address, path = ""] = /^(.*?)\/(dists\/.*)$/.exec(address) ?? [];
    return { archive, path };
  }
}

/** In order. What a layer deletes of those below it is a device in it, and what was read of these holds. */
async function plainFiles(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  return entries.flatMap((entry) => (entry.isFile() ? [entry.name] : [])).sort();
}

function keyOf(paragraph: string): string {
  return ["Package", "Version", "Architecture"]
    .map((name) => fieldOf(paragraph, name) ?? "")
    .join(" ");
}
