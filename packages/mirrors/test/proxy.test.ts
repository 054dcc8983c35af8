import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { startProxy } from "../src/proxy/start-proxy.ts";
import { openApt } from "./rig/apt.ts";
import { makePackages, makeSigner, releaseArchive, type Signer } from "./rig/make-archive.ts";
import { serveMirror } from "./rig/serve-mirror.ts";

const onApt = needs("apt-get", "gpg", "gpgconf", "gpgv", "dpkg-deb", "xz");
const exec = createExec();
const limits = { answerMs: 400, stallMs: 400, patienceMs: 300, pauseMs: 10, restMs: 0, retries: 1 };

describe("a real apt through the proxy", () => {
  let scratch: Awaited<ReturnType<typeof mkdtempDisposable>>;
  let signer: Signer;
  let archive: string;
  beforeAll(async () => {
    scratch = await mkdtempDisposable(join(tmpdir(), "pibuild proxy-"));
    signer = await makeSigner();
    archive = join(scratch.path, "archive");
    await makePackages(archive, [
      { name: "one", depends: "two" },
      { name: "two", version: "1:2.0+b~1", size: 300_000 },
    ]);
    await releaseArchive(archive, signer);
  });
  afterAll(async () => {
    await signer[Symbol.asyncDispose]();
    await scratch[Symbol.asyncDispose]();
  });
  const source = () =>
    `deb [signed-by=${signer.keyring}] http://archive.example/debian bookworm main`;
  const policy = (...candidates: string[]) => [
    { name: "debian", addresses: ["http://archive.example/debian"], candidates },
  ];
  const open = (name: string, candidates: string[]) =>
    startProxy({
      exec,
      archives: policy(...candidates),
      directory: join(scratch.path, name),
      architectures: ["amd64"],
      limits,
    });

  onApt("a mirror that fails is passed over, and apt sees nothing of it", async () => {
    await using good = await serveMirror(archive);
    await using bad = await serveMirror(archive, () => 503);
    await using proxy = await open("first", [bad.url, good.url]);
    await using apt = await openApt(source(), { proxy: proxy.url });
    const update = await apt.get("update");
    expect(update).toMatchObject({ exitCode: 0 });
    expect(update.output).not.toMatch(/^(?:W|E|Err|Ign)/m);
    const install = await apt.get("install", "--download-only", "-y", "one");
    expect(install).toMatchObject({ exitCode: 0 });
    expect(await apt.archives()).toEqual(["one_1.0_all.deb", "two_1%3a2.0+b~1_all.deb"]);
    expect(proxy.faults.map(({ candidate, kind }) => `${candidate} ${kind}`)).toContain(
      `${bad.url} status`,
    );
  });
});
