import { cp, mkdir, mkdtempDisposable, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec, type PibuildError, sha256 } from "@pibuild/core";
import {
  type Apt,
  makePackages,
  makeSigner,
  needs,
  openApt,
  releaseArchive,
  type Signer,
  serveMirror,
} from "@pibuild/test-kit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  collectFiles,
  diffLocks,
  formatLock,
  type Lock,
  parseLock,
  startProxy,
  TreeReader,
} from "../src/index.ts";

const onApt = needs("apt-get", "gpg", "gpgconf", "gpgv", "dpkg-deb", "xz");
const exec = createExec();
const address = "http://archive.example/debian";

describe("a lock", () => {
  let scratch: Awaited<ReturnType<typeof mkdtempDisposable>>;
  let signer: Signer;
  let archive: string;
  beforeAll(async () => {
    scratch = await mkdtempDisposable(join(tmpdir(), "pibuild lock-"));
    signer = await makeSigner();
    archive = join(scratch.path, "archive");
    await makePackages(archive, [
      { name: "one", depends: "two" },
      { name: "two", version: "1:2.0" },
    ]);
    await releaseArchive(archive, signer);
  });
  afterAll(async () => {
    await signer[Symbol.asyncDispose]();
    await scratch[Symbol.asyncDispose]();
  });
  const archives = (...candidates: string[]) => [
    { name: "debian", addresses: [address], candidates, keyring: signer.keyring },
  ];
  const open = (candidates: string[], directory: string, lock?: Lock) =>
    startProxy({
      ...{ exec, architectures: ["amd64"], archives: archives(...candidates), lock },
      ...{ directory: join(scratch.path, directory), limits: { retries: 0, restMs: 0 } },
    });
  const install = async (proxy: string): Promise<{ apt: Apt; output: string }> => {
    const apt = await openApt(`deb [signed-by=${signer.keyring}] ${address} bookworm main`, {
      proxy,
    });
    const update = await apt.get("update", "--error-on=any");
    const done = await apt.get("install", "--download-only", "-y", "one");
    return { apt, output: update.output + done.output };
  };
  /** A tree as it is after its packages were installed: what dpkg writes of them. */
  const lockOf = async (apt: Apt): Promise<Lock> => {
    const root = join(scratch.path, "tree");
    await rm(root, { recursive: true, force: true });
    await mkdir(join(root, "var/lib/dpkg"), { recursive: true });
    await cp(join(apt.directory, "state/lists"), join(root, "var/lib/apt/lists"), {
      recursive: true,
    });
    const fields: string[] = [];
    for (const name of await apt.archives()) {
      const file = join(apt.directory, "cache/archives", name);
      const { stdout } = await exec.run({ program: "dpkg-deb", args: ["--field", file] });
      fields.push(`${stdout}\nStatus: install ok installed\n`);
    }
    const other = "Package: own\nVersion: 1\nArchitecture: all\nStatus: install ok installed\n";
    await writeFile(join(root, "var/lib/dpkg/status"), [...fields, other].join("\n"));
    const reader = new TreeReader(archives());
    await reader.add(root);
    const { lock, unknown } = reader.lock({
      image: "t",
      release: "bookworm",
      architecture: "amd64",
    });
    expect(unknown).toEqual(["own 1 all"]);
    return lock;
  };

  onApt("holds apt to what it was, when mirrors have moved on, and without any", async () => {
    await using mirror = await serveMirror(archive);
    let lock: Lock;
    {
      await using proxy = await open([mirror.url], "store");
      const { apt, output } = await install(proxy.url);
      await using _apt = apt;
      expect(await apt.archives(), output).toEqual(["one_1.0_all.deb", "two_1%3a2.0_all.deb"]);
      lock = await lockOf(apt);
    }
    expect(parseLock(formatLock(lock), "pibuild.lock")).toEqual(lock);
    expect(lock.packages.map(({ name, version, path }) => `${name} ${version} ${path}`)).toEqual([
      "one 1.0 pool/main/one_1.0_all.deb",
      "two 1:2.0 pool/main/two_2.0_all.deb",
    ]);
    expect(lock.releases).toMatchObject([{ archive: "debian", path: "dists/bookworm/InRelease" }]);

    const to = join(scratch.path, "exported");
    const cache = join(scratch.path, "none");
    const directory = join(scratch.path, "store");
    const files = await collectFiles(lock, to, { exec, archives: archives(), directory, cache });
    expect(files).toBe(4);

    // A newer one is there, and nothing of the old release.
    const moved = join(scratch.path, "moved");
    await makePackages(moved, [
      { name: "one", version: "3.0" },
      { name: "two", version: "1:2.0" },
    ]);
    await releaseArchive(moved, signer, { date: new Date(Date.now() + 1000) });
    await using later = await serveMirror(moved);
    for (const [candidates, held] of [
      [[later.url], true],
      [[], true],
      [[later.url], false],
    ] as const) {
      await using proxy = await open([...candidates], "exported", held ? lock : undefined);
      const { apt, output } = await install(proxy.url);
      await using _apt = apt;
      const first = held ? "one_1.0_all.deb" : "one_3.0_all.deb";
      expect((await apt.archives())[0], output).toBe(first);
      if (held) continue;
      const changes = diffLocks(lock, await lockOf(apt));
      expect(
        changes.map(({ what, name, from, to }) => [
          what,
          name,
          from?.split(" ")[0],
          to?.split(" ")[0],
        ]),
      ).toContainEqual(["package", "one:all", "1.0", "3.0"]);
    }
  });

  onApt("says what is missing, where neither the store nor a mirror has it", async () => {
    await using mirror = await serveMirror(archive);
    const text = await readFile(join(archive, "dists/bookworm/InRelease"));
    const release = { archive: "debian", path: "dists/bookworm/InRelease" };
    const gone = { ...release, sha256: sha256("another"), size: text.length };
    const lock = { image: "t", release: "bookworm", architecture: "amd64", packages: [] };
    await using proxy = await open([mirror.url], "empty", { ...lock, releases: [gone] });
    const { apt, output } = await install(proxy.url);
    await using _apt = apt;
    expect(output).toContain(
      `every mirror of debian failed: ${mirror.url} has a file of other content`,
    );
    await using offline = await open([], "nothing", { ...lock, releases: [gone] });
    const without = await install(offline.url);
    await using _without = without.apt;
    expect(without.output).toContain(
      "no mirror of debian is asked, and what is kept has no dists/bookworm/InRelease",
    );
    expect(await readdir(join(scratch.path, "empty/sha256")).catch(() => [])).toEqual([]);
  });
});

needs("root")("what a layer deletes of the lists below it is read from those alone", async () => {
  await using scratch = await mkdtempDisposable(join(tmpdir(), "pibuild-layers-"));
  const names = ["InRelease", "main_binary-amd64_Packages"].map(
    (name) => `archive.example_debian_dists_bookworm_${name}`,
  );
  const reader = new TreeReader([{ name: "debian", addresses: [address], candidates: [] }]);
  for (const layer of ["below", "above"]) {
    const lists = join(scratch.path, layer, "var/lib/apt/lists");
    await mkdir(lists, { recursive: true });
    for (const name of names) {
      const file = join(lists, name);
      if (layer === "below") await writeFile(file, "");
      else await exec.run({ program: "bash", args: ["-ec", 'mknod "$0" c 0 0', file] });
    }
    await reader.add(join(scratch.path, layer));
  }
  const { lock } = reader.lock({ image: "t", release: "bookworm", architecture: "amd64" });
  expect(lock.releases).toMatchObject([{ archive: "debian", sha256: sha256("") }]);
});

test("a lock that was edited says every line that is none", () => {
  const good = formatLock({
    image: "t",
    release: "bookworm",
    architecture: "arm64",
    releases: [],
    packages: [],
  });
  const bad = (text: string) => {
    try {
      parseLock(text, "apps/t/pibuild.lock");
    } catch (error) {
      return (error as PibuildError<"CONFIG_INVALID">).data.issues.map(({ at }) => at.line);
    }
    return undefined;
  };
  expect(bad(good)).toBeUndefined();
  expect(bad(`${good}package one 1.0\n# mine\n\nrelease debian x 7 abc\n`)).toEqual([3, 6]);
  expect(bad("")).toEqual([undefined]);
  expect(bad(`${good}image other bookworm arm64\n`)).toEqual([3]);
});
