import { mkdtempDisposable, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  makePackages,
  makeSigner,
  releaseArchive,
  type Signer,
  serveMirror,
} from "@pibuild/test-kit";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { type Contract, createContract, onSteps } from "./contract-stages.ts";
import { address, fetching } from "./fetching-step.ts";

describe("the mirrors of a build", () => {
  let scratch: Awaited<ReturnType<typeof mkdtempDisposable>>;
  let signer: Signer;
  let archive: string;
  let contract: Contract;
  beforeAll(async () => {
    scratch = await mkdtempDisposable(join(tmpdir(), "pibuild-archive-"));
    signer = await makeSigner();
    archive = join(scratch.path, "archive");
    await makePackages(archive, [{ name: "one" }]);
    await releaseArchive(archive, signer, { arch: "arm64" });
    contract = await createContract({
      p: { "00-fetch/00-run.sh": fetching(signer.keyring, "seen") },
      q: { "00-fetch/00-run.sh": fetching(signer.keyring, "other") },
    });
  });
  afterAll(async () => {
    await contract[Symbol.asyncDispose]();
    await signer[Symbol.asyncDispose]();
    await scratch[Symbol.asyncDispose]();
  });

  onSteps("fail without failing the build, which says so, and are in no layer", async () => {
    await using bad = await serveMirror(archive, () => 503);
    await using good = await serveMirror(archive);
    const env = { APT_MIRROR: address, DEBIAN_MIRROR: `${bad.url} ${good.url}` };
    const run = await contract.build("p", env);
    expect(run, run.stderr).toMatchObject({ exitCode: 0 });
    const notices = run.events.flatMap((event) => (event.type === "notice" ? [event.message] : []));
    expect(notices).toContainEqual(
      expect.stringMatching(`^debian: ${bad.url} answers 503 Service Unavailable `),
    );
    expect(await contract.seen("p/00-fetch")).toEqual(["one_1.0_all.deb"]);
    const layer = await contract.layer("p/00-fetch");
    expect(await readdir(join(layer, "rootfs"), { recursive: true })).toEqual(["seen"]);
    expect(JSON.stringify(await contract.record("p/00-fetch"))).not.toContain(good.url);
    // Another mirror is no other input: nothing runs again.
    const moved = await contract.build("p", { APT_MIRROR: address, DEBIAN_MIRROR: good.url });
    expect(moved.executed).toEqual([]);
  });

  onSteps(
    "are named with their faults where all fail, and the next build goes on there",
    async () => {
      await using bad = await serveMirror(archive, () => 404);
      const env = { APT_MIRROR: address, DEBIAN_MIRROR: bad.url, APT_RETRIES: "0" };
      const failed = await contract.build("q", env);
      expect(failed.exitCode, failed.stderr).toBe(5);
      expect(failed.stderr).toContain(
        `every mirror of debian failed: ${bad.url} answers 404 Not Found; ${address} has no address`,
      );
      bad.misdeed = () => undefined;
      const again = await contract.build("q", env);
      expect(again, again.stderr).toMatchObject({ exitCode: 0, executed: ["q/00-fetch"] });
      const layer = await contract.layer("q/00-fetch");
      expect(await readFile(join(layer, "rootfs/other"), "utf8")).toBe("one_1.0_all.deb\n");
    },
  );
});
