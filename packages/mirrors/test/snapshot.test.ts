import { mkdtempDisposable, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec, sha256 } from "@pibuild/core";
import {
  makePackages,
  makeSigner,
  needs,
  openApt,
  releaseArchive,
  serveMirror,
} from "@pibuild/test-kit";
import { expect } from "vitest";
import { startProxy } from "../src/index.ts";

const address = "http://archive.example/debian";

needs(
  "apt-get",
  "gpg",
  "gpgconf",
  "dpkg-deb",
  "xz",
)("a snapshot is asked for what a lock names and no mirror has, and for nothing else", async () => {
  await using scratch = await mkdtempDisposable(join(tmpdir(), "pibuild-snapshot-"));
  await using signer = await makeSigner();
  const at = (name: string) => join(scratch.path, name);
  await makePackages(at("old"), [{ name: "one" }, { name: "same" }]);
  await releaseArchive(at("old"), signer);
  await using snapshot = await serveMirror(at("old"));
  await makePackages(at("new"), [{ name: "one", version: "2.0" }]);
  await releaseArchive(at("new"), signer, { date: new Date(Date.now() + 1000) });
  await using mirror = await serveMirror(at("new"));
  const bytes = await readFile(join(at("old"), "dists/bookworm/InRelease"));
  const release = {
    ...{ archive: "debian", path: "dists/bookworm/InRelease" },
    ...{ sha256: sha256(bytes), size: bytes.length },
  };
  const lock = {
    ...{ image: "t", release: "bookworm", architecture: "amd64", packages: [] },
    releases: [release],
  };
  const archive = { name: "debian", addresses: [address], candidates: [mirror.url] };
  const install = async (held: boolean) => {
    await using proxy = await startProxy({
      ...{ exec: createExec(), architectures: ["amd64"], directory: at(`store-${held}`) },
      archives: [{ ...archive, snapshot: snapshot.url }],
      lock: held ? lock : undefined,
      limits: { retries: 0, restMs: 0, rememberMs: 0 },
    });
    await using apt = await openApt(`deb [signed-by=${signer.keyring}] ${address} bookworm main`, {
      proxy: proxy.url,
    });
    const update = await apt.get("update", "--error-on=any");
    const done = await apt.get("install", "--download-only", "-y", "one");
    return { names: await apt.archives(), output: update.output + done.output };
  };

  const now = await install(false);
  expect(now.names, now.output).toEqual(["one_2.0_all.deb"]);
  expect(snapshot.asked).toEqual([]);
  const then = await install(true);
  expect(then.names, then.output).toEqual(["one_1.0_all.deb"]);
  expect(snapshot.asked).toContain("dists/bookworm/InRelease");

  await rm(join(at("old"), "pool"), { recursive: true });
  await rm(at("store-true"), { recursive: true });
  const gone = await install(true);
  expect(gone.output).toContain(
    `every mirror of debian failed: ${mirror.url} answers 404 Not Found; ${snapshot.url} answers 404 Not Found`,
  );
});
