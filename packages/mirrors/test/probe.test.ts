import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makePackages, makeSigner, needs, releaseArchive, serveMirror } from "@pibuild/test-kit";
import { expect } from "vitest";
import type { Limits } from "../src/policy/limits.ts";
import { probeMirrors } from "../src/probe/probe-mirrors.ts";

const onArchive = needs("gpg", "gpgconf", "dpkg-deb", "xz");

onArchive("each mirror is asked what it has, how old that is, and how fast it comes", async () => {
  await using scratch = await mkdtempDisposable(join(tmpdir(), "pibuild probe-"));
  await using signer = await makeSigner();
  const [new_, old] = ["new", "old"].map((name) => join(scratch.path, name)) as [string, string];
  const dates = {
    [new_]: new Date("2026-03-02T00:00:00Z"),
    [old]: new Date("2026-03-01T00:00:00Z"),
  };
  for (const [path, date] of Object.entries(dates)) {
    await makePackages(path, [{ name: "one" }]);
    await releaseArchive(path, signer, { date });
  }
  await using fresh = await serveMirror(new_);
  await using behind = await serveMirror(old);
  await using half = await serveMirror(new_, (path) =>
    /Packages/.test(path) ? "page" : undefined,
  );
  await using page = await serveMirror(new_, () => "page");
  await using hangs = await serveMirror(new_, () => "hang");
  const mirrors = [fresh, behind, half, page, hangs].map(({ url }) => url);
  const states = await probeMirrors({
    archives: [{ name: "debian", addresses: [], candidates: [...mirrors, "http://127.0.0.1:1/x"] }],
    ...{
      suiteOf: () => "bookworm",
      architecture: "amd64",
      limits: { answerMs: 300 },
    },
    throughput: true,
  });
  expect(states.map(({ fault, inSync, date }) => [fault?.kind, inSync, date])).toEqual([
    [undefined, true, dates[new_]?.getTime()],
    [undefined, false, dates[old]?.getTime()],
    ["half-synced", true, dates[new_]?.getTime()],
    ["no-release", undefined, undefined],
    ["no-answer", undefined, undefined],
    ["refused", undefined, undefined],
  ]);
  expect(states[0]?.latencyMs).toBeGreaterThan(0);
  expect(states[0]?.bytesPerSecond).toBeGreaterThan(0);
});

onArchive(
  "nobody waits for a mirror that trickles, nor for one that never comes to its end",
  async () => {
    await using scratch = await mkdtempDisposable(join(tmpdir(), "pibuild probe-"));
    await makePackages(scratch.path, [{ name: "one" }]);
    await using signer = await makeSigner();
    await releaseArchive(scratch.path, signer);
    await using trickles = await serveMirror(scratch.path, () => "slow");
    await using stalls = await serveMirror(scratch.path, () => "stall");
    const probe = async (url: string, limits: Partial<Limits>) => {
      const archives = [{ name: "debian", addresses: [], candidates: [url] }];
      const options = { archives, suiteOf: () => "bookworm", architecture: "amd64", limits };
      return (await probeMirrors(options)).map(({ fault }) => fault?.kind);
    };
    expect(await probe(trickles.url, { patienceMs: 50, leastRate: 1_000_000 })).toEqual(["slow"]);
    expect(await probe(stalls.url, { giveUpMs: 200 })).toEqual(["slow"]);
  },
);
