import { mkdtempDisposable, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec } from "@pibuild/core";
import {
  makePackages,
  makeSigner,
  needs,
  openApt,
  releaseArchive,
  type Signer,
  serveMirror,
} from "@pibuild/test-kit";
import { afterAll, beforeAll, describe, expect } from "vitest";
import {
  aptPastProxyLines,
  aptProxyLines,
  httpsMethod,
  httpsMethodLine,
  startProxy,
} from "../src/index.ts";

const onApt = needs("apt-get", "gpg", "gpgconf", "dpkg-deb", "xz");

describe("a source with https", () => {
  let scratch: Awaited<ReturnType<typeof mkdtempDisposable>>;
  let signer: Signer;
  beforeAll(async () => {
    scratch = await mkdtempDisposable(join(tmpdir(), "pibuild-https-"));
    signer = await makeSigner();
    await makePackages(scratch.path, [{ name: "one" }]);
    await releaseArchive(scratch.path, signer);
  });
  afterAll(async () => {
    await signer[Symbol.asyncDispose]();
    await scratch[Symbol.asyncDispose]();
  });

  onApt("is asked through the proxy where the policy has its host, else as ever", async () => {
    await using mirror = await serveMirror(scratch.path);
    const archives = [
      {
        ...{ name: "debian", addresses: ["http://archive.example/debian"] },
        candidates: [mirror.url],
      },
    ];
    await using proxy = await startProxy({
      ...{ exec: createExec(), archives, architectures: ["amd64"] },
      directory: join(scratch.path, "store"),
    });
    const method = join(scratch.path, "https");
    await writeFile(method, httpsMethod(archives), { mode: 0o755 });
    const conf = [...aptProxyLines(proxy.url, archives), httpsMethodLine(method)].join("\n");
    const source = (address: string) =>
      `deb [signed-by=${signer.keyring}] ${address} bookworm main`;
    await using apt = await openApt(source("https://archive.example/debian"), { conf });
    const update = await apt.get("update", "--error-on=any");
    expect(update.exitCode, update.output).toBe(0);
    expect(await readdir(join(apt.directory, "state/lists"))).toContain(
      "archive.example_debian_dists_bookworm_InRelease",
    );
    const done = await apt.get("install", "--download-only", "-y", "one");
    expect(await apt.archives(), done.output).toEqual(["one_1.0_all.deb"]);
    expect(done.output).toContain("Get:1 https://archive.example/debian bookworm/main ");

    await using other = await openApt(source("https://127.0.0.1:1/debian"), { conf });
    const failed = await other.get("update");
    expect(failed.output).toMatch(/https:\/\/127\.0\.0\.1:1\/debian.*Could not connect/s);
    expect(proxy.faults).toEqual([]);
  });

  onApt("of the same host is asked past a proxy that stands alone", async () => {
    await using mirror = await serveMirror(scratch.path);
    const { hostname, port } = new URL(mirror.url);
    const archives = [
      { name: "debian", addresses: [`http://${hostname}/debian`], candidates: [mirror.url] },
    ];
    await using proxy = await startProxy({
      ...{ exec: createExec(), archives, architectures: ["amd64"] },
      directory: join(scratch.path, "store"),
    });
    const conf = [...aptProxyLines(proxy.url, archives), ...aptPastProxyLines(archives)].join("\n");
    const source = `deb [signed-by=${signer.keyring}] https://${hostname}:${port}/debian bookworm main`;
    await using apt = await openApt(source, { conf });
    // The mirror speaks no TLS, and the proxy would have said 405.
    expect((await apt.get("update")).output).toMatch(/handshake|TLS|SSL/);
  });
});
