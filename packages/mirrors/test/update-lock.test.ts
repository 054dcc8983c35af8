import { mkdtempDisposable, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec, sha256 } from "@pibuild/core";
import {
  makePackages,
  makeSigner,
  needs,
  type Package,
  releaseArchive,
  type Signer,
  serveMirror,
} from "@pibuild/test-kit";
import { afterAll, beforeAll, describe, expect } from "vitest";
import {
  diffLocks,
  formatLock,
  type Lock,
  type LockedPackage,
  parseLock,
  updateLock,
} from "../src/index.ts";

const onApt = needs("apt-get", "gpg", "gpgconf", "gpgv", "dpkg-deb", "dpkg", "xz");
const exec = createExec();
const address = "http://archive.example/debian";

/** What apt chose once, and what the archive has since. */
const before: Package[] = [
  { name: "kernel", depends: "kernel-1" },
  { name: "kernel-1" },
  { name: "tool", depends: "libtool (>= 1.0)" },
  { name: "libtool" },
  { name: "tool-data", depends: "tool (= 1.0)" },
  { name: "other" },
];
const after: Package[] = [
  { name: "kernel", version: "2.0", depends: "kernel-2" },
  { name: "kernel-2" },
  { name: "tool", version: "2.0", depends: "libtool (>= 2.0), extra" },
  { name: "libtool", version: "2.0" },
  { name: "tool-data", version: "2.0", depends: "tool (= 2.0)" },
  { name: "extra" },
  { name: "other", version: "2.0" },
];

describe("an update of a lock", () => {
  let scratch: Awaited<ReturnType<typeof mkdtempDisposable>>;
  let signer: Signer;
  let lock: Lock;
  const at = (name: string) => join(scratch.path, name);
  const archives = (candidate: string) => [
    {
      ...{ name: "debian", addresses: [address], keyring: signer.keyring },
      candidates: [candidate],
    },
  ];
  const update = (candidate: string, names: readonly string[], from = lock) =>
    updateLock(from, names, {
      ...{ exec, archives: archives(candidate), directory: at("store") },
      limits: { retries: 0, restMs: 0 },
    });
  /** `NAME FROM -> TO` of each package. */
  const changes = (to: Lock, from = lock) =>
    diffLocks(from, to).flatMap(({ what, name, from: old = "-", to: now = "-" }) =>
      what === "package" ? [`${name} ${old.split(" ")[0]} -> ${now.split(" ")[0]}`] : [],
    );

  beforeAll(async () => {
    scratch = await mkdtempDisposable(join(tmpdir(), "pibuild update-"));
    signer = await makeSigner();
    await makePackages(at("old"), before);
    await releaseArchive(at("old"), signer);
    await makePackages(at("new"), after);
    await releaseArchive(at("new"), signer, { date: new Date(Date.now() + 1000) });
    lock = await lockOf(at("old"), before);
    // A lock's releases are kept when it is written.
    await using mirror = await serveMirror(at("old"));
    expect(await update(mirror.url, [])).toEqual(lock);
  });
  afterAll(async () => {
    await signer[Symbol.asyncDispose]();
    await scratch[Symbol.asyncDispose]();
  });

  onApt("of all takes what apt would, and leaves out what is needed no more", async () => {
    await using mirror = await serveMirror(at("new"));
    const updated = await update(mirror.url, []);
    expect(changes(updated)).toEqual([
      "extra:all - -> 1.0",
      "kernel-1:all 1.0 -> -",
      "kernel-2:all - -> 1.0",
      "kernel:all 1.0 -> 2.0",
      "libtool:all 1.0 -> 2.0",
      "other:all 1.0 -> 2.0",
      "tool-data:all 1.0 -> 2.0",
      "tool:all 1.0 -> 2.0",
    ]);
    const text = await readFile(join(at("new"), "dists/bookworm/InRelease"));
    expect(updated.releases).toEqual([{ ...lock.releases[0], ...sumOf(text) }]);
  });

  onApt("of one takes what that needs to change, and leaves the rest", async () => {
    await using mirror = await serveMirror(at("new"));
    const tool = await update(mirror.url, ["tool"]);
    expect(changes(tool)).toEqual([
      "extra:all - -> 1.0",
      "libtool:all 1.0 -> 2.0",
      "tool-data:all 1.0 -> 2.0",
      "tool:all 1.0 -> 2.0",
    ]);
    expect(tool.releases.map(({ archive, components }) => [archive, components])).toEqual([
      ["debian", undefined],
      ["debian+1", ["main"]],
    ]);
    const text = formatLock(tool);
    expect(text).toMatch(/^release debian\+1 dists\/bookworm\/InRelease \d+ [0-9a-f]{64} main$/m);
    expect(formatLock(parseLock(text, "pibuild.lock"))).toBe(text);
    // One after the other: what nothing comes from any more is not held.
    const both = await update(mirror.url, ["other"], tool);
    expect(changes(both, tool)).toEqual(["other:all 1.0 -> 2.0"]);
    const archiveOf = (name: string) => both.packages.find((each) => each.name === name)?.archive;
    expect(["kernel", "tool", "other"].map(archiveOf)).toEqual(["debian", "debian+1", "debian+2"]);
    expect(await update(mirror.url, ["other"], both)).toEqual(both);
  });

  onApt("of what the lock has not says what it may mean", async () => {
    await using mirror = await serveMirror(at("new"));
    await expect(update(mirror.url, ["tol"])).rejects.toMatchObject({
      code: "USAGE",
      data: { message: "the lock has no package `tol`", hint: "did you mean `tool`?" },
    });
  });

  onApt("takes nothing from a release that other keys have signed", async () => {
    await using other = await makeSigner();
    await makePackages(at("foreign"), after);
    await releaseArchive(at("foreign"), other, { date: new Date(Date.now() + 2000) });
    await using mirror = await serveMirror(at("foreign"));
    await expect(update(mirror.url, ["tool"])).rejects.toMatchObject({
      faults: [{ kind: "signature" }],
    });
  });

  /** What a build from the archive would lock. */
  async function lockOf(archive: string, packages: readonly Package[]): Promise<Lock> {
    const locked = packages.map(async ({ name, version = "1.0" }): Promise<LockedPackage> => {
      const path = `pool/main/${name}_${version}_all.deb`;
      const of = sumOf(await readFile(join(archive, path)));
      return { ...{ name, version, architecture: "all", archive: "debian", path }, ...of };
    });
    const path = "dists/bookworm/InRelease";
    const release = { archive: "debian", path, ...sumOf(await readFile(join(archive, path))) };
    return {
      ...{ image: "t", release: "bookworm", architecture: "amd64", releases: [release] },
      packages: await Promise.all(locked),
    };
  }
});

function sumOf(bytes: Buffer) {
  return { sha256: sha256(bytes), size: bytes.length };
}
