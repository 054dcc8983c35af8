import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { serveMirror } from "@pibuild/test-kit";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { type Contract, createContract, onSteps } from "./contract-stages.ts";
import { address, createSignedArchive, fetching, type SignedArchive } from "./signed-archive.ts";

describe("the mirrors of a build", () => {
  let archive: SignedArchive;
  let contract: Contract;
  beforeAll(async () => {
    archive = await createSignedArchive("one");
    contract = await createContract({
      p: { "00-fetch/00-run.sh": fetching(archive.source, "seen") },
      q: { "00-fetch/00-run.sh": fetching(archive.source, "other") },
    });
  });
  afterAll(async () => {
    await contract[Symbol.asyncDispose]();
    await archive[Symbol.asyncDispose]();
  });

  onSteps("fail without failing the build, which says so, and are in no layer", async () => {
    await using bad = await serveMirror(archive.path, () => 503);
    await using good = await serveMirror(archive.path);
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
      await using bad = await serveMirror(archive.path, () => 404);
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
