import { cp, mkdtempDisposable, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  absentPin,
  type Mirror,
  makePackages,
  makeSigner,
  releaseArchive,
  type Signer,
  serveMirror,
} from "@pibuild/test-kit";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { type Contract, createContract, onSteps } from "./contract-stages.ts";
import { fetching } from "./locked-step.ts";

const address = "http://archive.example/debian";
const source = (keyring: string) => `deb [signed-by=${keyring}] ${address} bookworm main`;

describe("the lock of an image", () => {
  let scratch: Awaited<ReturnType<typeof mkdtempDisposable>>;
  let signer: Signer;
  let mirror: Mirror;
  let snapshots: Mirror;
  let archive: string;
  let contract: Contract;
  beforeAll(async () => {
    scratch = await mkdtempDisposable(join(tmpdir(), "pibuild-lock-"));
    signer = await makeSigner();
    archive = join(scratch.path, "archive");
    await makePackages(archive, [{ name: "one" }]);
    await releaseArchive(archive, signer, { arch: "arm64" });
    mirror = await serveMirror(archive);
    snapshots = await serveMirror(join(scratch.path, "snapshots"));
    const stages = { r: { "00-fetch/00-run.sh": fetching(source(signer.keyring), "one") } };
    const service = snapshots.url.replace(/\/debian$/, "");
    contract = await createContract(stages, `mirrors:\n  debian: { snapshot: ${service} }`);
  });
  afterAll(async () => {
    await contract[Symbol.asyncDispose]();
    await mirror[Symbol.asyncDispose]();
    await snapshots[Symbol.asyncDispose]();
    await signer[Symbol.asyncDispose]();
    await scratch[Symbol.asyncDispose]();
  });

  onSteps(
    "repeats its layers when mirrors have moved on, elsewhere without any, and from snapshots",
    async () => {
      const { rig } = contract;
      const env = { APT_MIRROR: address, DEBIAN_MIRROR: mirror.url, APT_SECURITY_MIRROR: address };
      const lock = (...args: string[]) => rig.pibuild(["lock", ...args], env);
      const layers = async () => {
        const file = join(rig.path, "dist/t/export/manifest.json");
        return JSON.parse(await readFile(file, "utf8")).layers;
      };
      const early = await lock("t");
      expect(early).toMatchObject({ exitCode: 2 });
      expect(early.stderr).toContain("has not been built");
      const first = await contract.build("export", env);
      expect(first, first.stderr).toMatchObject({ exitCode: 0 });
      const before = await layers();

      const written = await lock("t");
      expect(written, written.stderr).toMatchObject({ exitCode: 0 });
      const file = join(rig.path, "apps/t/pibuild.lock");
      const text = await readFile(file, "utf8");
      expect(text).toMatch(
        /^package one 1\.0 all debian pool\/main\/one_1\.0_all\.deb \d+ [0-9a-f]{64}$/m,
      );
      expect(text).toMatch(/^release debian dists\/bookworm\/InRelease \d+ [0-9a-f]{64}$/m);
      expect(await lock("check", "t")).toMatchObject({ exitCode: 0, stdout: "" });
      const to = join(scratch.path, "exported");
      expect(await lock("export", "t", to)).toMatchObject({ exitCode: 0 });
      expect((await readdir(to)).sort()).toContain("pibuild.lock");

      // The archive has a newer version, and nothing of the old release.
      const then = "20260101T000000Z";
      const old = join(scratch.path, "snapshots/archive/debian", then);
      await cp(archive, old, { recursive: true });
      await rm(archive, { recursive: true });
      await makePackages(archive, [{ name: "one", version: "2.0" }]);
      await releaseArchive(archive, signer, { arch: "arm64", date: new Date(Date.now() + 1000) });
      const again = async (more: Record<string, string> = {}) => {
        await rig.pibuild(["clean", "t", "--from", "r/00-fetch"], { ...env, ...more });
        const run = await contract.build("export", { ...env, ...more });
        expect(run, run.stderr).toMatchObject({ exitCode: 0 });
        return layers();
      };
      expect(await again()).toEqual(before);

      const elsewhere = {
        PIBUILD_STORE: join(scratch.path, "other store"),
        PIBUILD_CACHE: join(scratch.path, "other cache"),
        PIBUILD_PACKAGES: to,
      };
      const asked = mirror.asked.length;
      expect(await again({ ...elsewhere, PIBUILD_OFFLINE: "1", PIBUILD_LOCKED: "1" })).toEqual(
        before,
      );
      expect(mirror.asked).toHaveLength(asked);

      // Neither a machine without these files nor a mirror has them: the service of snapshots does.
      const empty = {
        PIBUILD_STORE: join(scratch.path, "third store"),
        PIBUILD_CACHE: join(scratch.path, "third cache"),
      };
      const pin = absentPin.replace(/(DEBIAN_SNAPSHOT=).*/, `$1${then}`);
      await rig.write({ "pi-gen-pin.env": pin });
      expect(await again(empty)).toEqual(before);
      expect(snapshots.asked).toContain(`/archive/debian/${then}/dists/bookworm/InRelease`);

      await rm(file);
      const unlocked = await contract.build("export", {
        ...env,
        ...elsewhere,
        PIBUILD_LOCKED: "1",
      });
      expect(unlocked.exitCode).toBe(3);
      expect(await again()).not.toEqual(before);
      await writeFile(file, text);
      const changed = await lock("check", "t", "--json");
      expect(changed.exitCode).toBe(7);
      const plan = await rig.pibuild(["plan", "t"], env);
      expect(plan.stdout).toMatch(/^r\/00-fetch +run/m);
      expect(plan.stdout).toMatch(/^base\/prerun +cached/m);
      expect(JSON.parse(changed.stdout).changes).toContainEqual({
        ...{ what: "package", name: "one:all" },
        from: expect.stringMatching(/^1\.0 /),
        to: expect.stringMatching(/^2\.0 /),
      });
      await writeFile(file, text.replace("image t ", "image other "));
      expect((await contract.build("export", env)).stderr).toContain("this is the lock of other");
    },
    // Seven builds.
    300_000,
  );
});
