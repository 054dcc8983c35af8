import {
  cp,
  mkdir,
  mkdtempDisposable,
  open as openFile,
  readdir,
  readFile,
  rm,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec, sha256File } from "@pibuild/core";
import {
  type Misdeed,
  makePackages,
  makeSigner,
  needs,
  openApt,
  releaseArchive,
  type Signer,
  serveMirror,
} from "@pibuild/test-kit";
import { afterAll, beforeAll, describe, expect } from "vitest";

import { startProxy } from "../src/proxy/start-proxy.ts";
import { PackageStore } from "../src/store/package-store.ts";

const onApt = needs("apt-get", "gpg", "gpgconf", "gpgv", "dpkg-deb", "xz");
const onMounts = needs("own mount namespace", "apt-get", "gpg", "gpgconf", "dpkg-deb", "xz");
const exec = createExec();
const day = 24 * 60 * 60_000;
const limits = {
  ...{ answerMs: 300, stallMs: 300, patienceMs: 200, leastRate: 16 * 1024 },
  ...{ pauseMs: 10, restMs: 0, retries: 1, rememberMs: 0 },
};
const names = Array.from({ length: 20 }, (_, index) => `package-${index}`);
const misdeeds: readonly Misdeed[] = [
  ...(["hang", "reset", 404, 429, 500, 503, "half", "wrong byte"] as const),
  ...(["longer", "stall", "loop", "slow", "page"] as const),
];

describe("a real apt", () => {
  let scratch: Awaited<ReturnType<typeof mkdtempDisposable>>;
  let signer: Signer;
  let archive: string;
  let stores = 0;
  beforeAll(async () => {
    scratch = await mkdtempDisposable(join(tmpdir(), "pibuild proxy-"));
    signer = await makeSigner();
    archive = join(scratch.path, "archive");
    const packages = names.map((name) => ({ name, size: 30_000 }));
    await makePackages(archive, [
      ...packages,
      { name: "all", version: "1:2.0+b~1", depends: names.join(", ") },
    ]);
    await releaseArchive(archive, signer);
  });
  afterAll(async () => {
    await signer[Symbol.asyncDispose]();
    await scratch[Symbol.asyncDispose]();
  });
  const address = "http://archive.example/debian";
  const open = (candidates: readonly string[], options = {}) =>
    startProxy({
      ...{ exec, architectures: ["amd64"], limits },
      archives: [{ name: "debian", addresses: [address], candidates, keyring: signer.keyring }],
      directory: join(scratch.path, `store-${stores++}`),
      ...options,
    });
  const aptOf = (proxy: string, host = address) =>
    openApt(`deb [signed-by=${signer.keyring}] ${host} bookworm main`, { proxy });
  /** A copy of the archive, and what makes it another one. */
  const copy = async (name: string) => {
    const to = join(scratch.path, name);
    await cp(archive, to, { recursive: true });
    return to;
  };

  onApt("sees nothing of mirrors that fail in every way, before one that does not", async () => {
    // Its release is older, though it holds.
    const old = await copy("old");
    await releaseArchive(old, signer, { date: new Date(Date.now() - 9 * day) });
    // Its release is the newest, but its indexes are of the one before.
    const half = await copy("half");
    const indexes = "dists/bookworm/main";
    await releaseArchive(half, signer, { date: new Date(Date.now() + 60_000), byHash: false });
    await makePackages(half, [{ name: "newer" }]);
    await releaseArchive(half, signer, { date: new Date(Date.now() + 60_000), byHash: false });
    await rm(join(half, indexes), { recursive: true });
    await cp(join(archive, indexes), join(half, indexes), { recursive: true });
    // Its indexes are newer than its release.
    const ahead = await copy("ahead");
    await rm(join(ahead, indexes), { recursive: true });
    await makePackages(ahead, [{ name: "newer" }]);
    const released = await readFile(join(ahead, "dists/bookworm/InRelease"));
    await releaseArchive(ahead, signer);
    await rm(join(ahead, "dists/bookworm/main/binary-amd64/by-hash"), { recursive: true });
    await writeFile(join(ahead, "dists/bookworm/InRelease"), released);
    // Somebody else signed it.
    await using other = await makeSigner();
    const foreign = await copy("foreign");
    await releaseArchive(foreign, other, { date: new Date(Date.now() + 120_000) });

    await using stack = new AsyncDisposableStack();
    const serve = async (directory: string, misdeed?: Misdeed) =>
      stack.use(await serveMirror(directory, () => misdeed));
    const bad = [
      "http://127.0.0.1:1/debian",
      ...(await Promise.all(misdeeds.map((each) => serve(archive, each)))).map(({ url }) => url),
      ...(await Promise.all([old, half, ahead, foreign].map((each) => serve(each)))).map(
        ({ url }) => url,
      ),
    ];
    const good = await serve(archive);
    await using proxy = await open([...bad, good.url]);
    await using apt = await aptOf(proxy.url);
    const update = await apt.get("update");
    expect(update, update.output).toMatchObject({ exitCode: 0 });
    const install = await apt.get("install", "--download-only", "-y", "all");
    expect(
      install,
      update.output + install.output + JSON.stringify(proxy.faults, null, 1).slice(-3000),
    ).toMatchObject({ exitCode: 0 });
    expect(update.output + install.output).not.toMatch(/^(?:W|E|Err|Ign)\b/m);

    await using plain = await aptOf("", good.url);
    await plain.get("update");
    await plain.get("install", "--download-only", "-y", "all");
    expect(await apt.archives()).toEqual(await plain.archives());
    for (const name of await apt.archives()) {
      const [ours, theirs] = [apt, plain].map(({ directory }) =>
        readFile(join(directory, "cache/archives", name)),
      );
      expect(await ours).toEqual(await theirs);
    }
    expect(proxy.faults.length).toBeGreaterThanOrEqual(200);
    const kinds = new Set(proxy.faults.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual([
      ...[
        "content",
        "half-synced",
        "no-answer",
        "no-release",
        "old",
        "redirects",
        "refused",
        "reset",
      ],
      ...["short", "signature", "size", "slow", "stalled", "status"],
    ]);
    expect(proxy.faults.filter(({ candidate }) => candidate === good.url)).toEqual([]);
  });

  onApt("hears of each mirror what is wrong with it, where all are", async () => {
    await using missing = await serveMirror(archive, () => 404);
    await using broken = await serveMirror(archive, () => 503);
    await using proxy = await open(["http://127.0.0.1:1/debian", missing.url, broken.url]);
    await using apt = await aptOf(proxy.url);
    const { exitCode, output } = await apt.get("update", "--error-on=any");
    expect(exitCode).toBe(100);
    expect(output).toContain(
      `502  every mirror of debian failed: http://127.0.0.1:1/debian refuses connections; ${missing.url} answers 404 Not Found; ${broken.url} answers 503 Service Unavailable`,
    );
    // One that is back serves the next who asks.
    broken.misdeed = () => undefined;
    expect(await apt.get("update", "--error-on=any")).toMatchObject({ exitCode: 0 });
  });

  onApt("gets a file whose mirror breaks off from where it broke off", async () => {
    await using first = await serveMirror(archive, (path) =>
      path.endsWith(".deb") ? "half" : undefined,
    );
    await using second = await serveMirror(archive);
    await using proxy = await open([first.url, second.url]);
    await using apt = await aptOf(proxy.url);
    await apt.get("update");
    expect(await apt.get("install", "--download-only", "-y", "package-1")).toMatchObject({
      exitCode: 0,
    });
    const half = (await readFile(join(archive, "pool/main/package-1_1.0_all.deb"))).length >> 1;
    expect(second.ranges).toContain(`bytes=${half}-`);
  });

  onApt("gets from the store what any build has fetched, and no damaged file of it", async () => {
    await using mirror = await serveMirror(archive);
    const directory = join(scratch.path, "shared");
    const install = async () => {
      await using proxy = await open([mirror.url], { directory });
      await using apt = await aptOf(proxy.url);
      expect(await apt.get("update")).toMatchObject({ exitCode: 0 });
      mirror.asked.length = 0;
      const done = await apt.get("install", "--download-only", "-y", "all");
      expect(done).toMatchObject({ exitCode: 0 });
      return [...mirror.asked];
    };
    expect(await install()).toHaveLength(names.length + 1);
    expect(await install()).toEqual([]);
    const files = await readdir(join(directory, "sha256"), { recursive: true });
    const file = files.find((name) => name.length > 60) ?? "";
    await using handle = await openFile(join(directory, "sha256", file), "r+");
    await handle.write("X", 100);
    // Either a package or an index: whatever it was, it is fetched again.
    await install();
    expect(file).toContain(await sha256File(join(directory, "sha256", file)));
  });

  onApt(
    "is told of a release that the archive's keys did not sign, where no other is to be had",
    async () => {
      await using other = await makeSigner();
      const foreign = await copy("foreign alone");
      await releaseArchive(foreign, other);
      await using mirror = await serveMirror(foreign);
      await using proxy = await open([mirror.url]);
      await using apt = await aptOf(proxy.url);
      expect((await apt.get("update")).output).toContain(
        `${mirror.url} has a release that the archive's keys did not sign`,
      );
    },
  );

  onApt("gets its packages while others use the same store, and remove from it", async () => {
    await using mirror = await serveMirror(archive);
    const directory = join(scratch.path, "busy");
    const store = new PackageStore(directory);
    let ended = false;
    const install = async () => {
      await using proxy = await open([mirror.url], { directory });
      await using apt = await aptOf(proxy.url);
      const update = await apt.get("update", "--error-on=any");
      const { exitCode, output } = await apt.get("install", "--download-only", "-y", "all");
      return { exitCode, output: update.output + output };
    };
    const pruning = (async () => {
      while (!ended) await store.prune(0);
    })();
    const all = await Promise.all([install(), install(), install()]);
    ended = true;
    await pruning;
    for (const { exitCode, output } of all) expect(exitCode, output).toBe(0);
  });

  onMounts("is told that the disk is full, and goes on when it is not", async () => {
    await using mirror = await serveMirror(archive);
    const directory = join(scratch.path, "small");
    const mount = (...args: string[]) =>
      exec.run({ program: "mount", args: ["-t", "tmpfs", ...args, "tmpfs", directory] });
    await mkdir(directory);
    await mount("-o", "size=256k");
    await using _mounted = {
      [Symbol.asyncDispose]: async () =>
        void (await exec.run({ program: "umount", args: [directory] })),
    };
    await using proxy = await open([mirror.url], { directory });
    await using apt = await aptOf(proxy.url);
    expect(await apt.get("update", "--error-on=any")).toMatchObject({ exitCode: 0 });
    const full = await apt.get("install", "--download-only", "-y", "all");
    expect(full.output).toContain("No space left on device, where packages are kept");
    expect(proxy.faults).toEqual([]);
    await mount("-o", "remount,size=8m");
    const done = await apt.get("install", "--download-only", "-y", "all");
    expect(done, done.output).toMatchObject({ exitCode: 0 });
  });

  onApt("waits for a mirror that hangs once, and not for each suite and file", async () => {
    const two = await copy("two suites");
    await releaseArchive(two, signer, { suite: "trixie" });
    await using hangs = await serveMirror(two, () => "hang");
    await using good = await serveMirror(two);
    const rest = { limits: { ...limits, restMs: 60_000 } };
    await using proxy = await open([hangs.url, good.url], rest);
    for (const suite of ["bookworm", "trixie"]) {
      await using apt = await openApt(
        `deb [signed-by=${signer.keyring}] ${address} ${suite} main`,
        { proxy: proxy.url },
      );
      expect(await apt.get("update", "--error-on=any")).toMatchObject({ exitCode: 0 });
      const install = await apt.get("install", "--download-only", "-y", "all");
      expect(install, install.output).toMatchObject({ exitCode: 0 });
    }
    expect(hangs.asked).toEqual(["dists/bookworm/InRelease"]);
  });

  onApt(
    "gets what lists from elsewhere name, where the proxy has never seen their indexes",
    async () => {
      await using mirror = await serveMirror(archive);
      await using first = await open([mirror.url]);
      await using apt = await aptOf(first.url);
      await apt.get("update");
      const get = async (options = {}) => {
        await using other = await open([mirror.url], options);
        const name = `Acquire::http::Proxy=${other.url}`;
        return await apt.get("-o", name, "install", "--download-only", "-y", "package-3");
      };
      const lists = [join(apt.directory, "nothing"), join(apt.directory, "state/lists")];
      expect((await get()).output).toContain(
        "404  no release of the archive that was fetched here",
      );
      const done = await get({ lists });
      expect(done, done.output).toMatchObject({ exitCode: 0 });
      expect(await apt.archives()).toEqual(["package-3_1.0_all.deb"]);
      // What a chroot made of them itself is not believed.
      const [name = ""] = (await readdir(lists[1] ?? "")).filter((each) =>
        each.endsWith("_Packages"),
      );
      const file = join(lists[1] ?? "", name);
      await writeFile(file, (await readFile(file, "utf8")).replaceAll("package-3", "package-X"));
      await rm(join(apt.directory, "cache/archives/package-3_1.0_all.deb"));
      expect((await get({ lists })).exitCode).toBe(100);
    },
  );

  onApt("finds no proxy left where one could not be started", async () => {
    const once = await open([]);
    const port = Number(new URL(once.url).port);
    await once[Symbol.asyncDispose]();
    const nowhere = { port, socket: join(scratch.path, "nowhere/socket") };
    await expect(open([], nowhere)).rejects.toThrow();
    await using again = await open([], { port });
    expect(again.url).toContain(`:${port}`);
  });

  onApt("is told that the policy has no such archive, and opens no tunnel", async () => {
    await using mirror = await serveMirror(archive);
    await using proxy = await open([mirror.url]);
    await using apt = await aptOf(proxy.url, "http://elsewhere.example/debian");
    const { output } = await apt.get("update");
    expect(output).toContain("403  the mirror policy has no archive with this address");
    await using tls = await aptOf(proxy.url, "https://archive.example/debian");
    expect((await tls.get("update")).output).toContain("403");
  });
});
