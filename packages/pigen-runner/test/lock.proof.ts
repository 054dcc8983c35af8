import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { absentPin, type Mirror, serveMirror } from "@pibuild/test-kit";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { type Contract, createContract, onSteps } from "./contract-stages.ts";
import { locked } from "./locked-step.ts";
import { address, createSignedArchive, type SignedArchive } from "./signed-archive.ts";

describe("the lock of an image", () => {
  let archive: SignedArchive;
  let mirror: Mirror;
  let snapshots: Mirror;
  let contract: Contract;
  beforeAll(async () => {
    archive = await createSignedArchive("one");
    mirror = await serveMirror(archive.path);
    snapshots = await serveMirror(join(archive.scratch, "snapshots"));
    const stages = { r: { "00-fetch/00-run.sh": locked(archive.source, "one") } };
    const service = snapshots.url.replace(/\/debian$/, "");
    contract = await createContract(stages, `mirrors:\n  debian: { snapshot: ${service} }`);
  });
  afterAll(async () => {
    await contract[Symbol.asyncDispose]();
    await mirror[Symbol.asyncDispose]();
    await snapshots[Symbol.asyncDispose]();
    await archive[Symbol.asyncDispose]();
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
      const to = join(archive.scratch, "exported");
      expect(await lock("export", "t", to)).toMatchObject({ exitCode: 0 });
      expect((await readdir(to)).sort()).toContain("pibuild.lock");

      // The archive has a newer version, and nothing of the old release.
      const then = "20260101T000000Z";
      const old = join(archive.scratch, "snapshots/archive/debian", then);
      await cp(archive.path, old, { recursive: true });
      await archive.release([{ name: "one", version: "2.0" }]);
      const again = async (more: Record<string, string> = {}) => {
        await rig.pibuild(["clean", "t", "--from", "r/00-fetch"], { ...env, ...more });
        const run = await contract.build("export", { ...env, ...more });
        expect(run, run.stderr).toMatchObject({ exitCode: 0 });
        return layers();
      };
      expect(await again()).toEqual(before);

      const elsewhere = {
        PIBUILD_STORE: join(archive.scratch, "other store"),
        PIBUILD_CACHE: join(archive.scratch, "other cache"),
        PIBUILD_PACKAGES: to,
      };
      const asked = mirror.asked.length;
      expect(await again({ ...elsewhere, PIBUILD_OFFLINE: "1", PIBUILD_LOCKED: "1" })).toEqual(
        before,
      );
      expect(mirror.asked).toHaveLength(asked);

      // Neither a machine without these files nor a mirror has them: the service of snapshots does.
      const empty = {
        PIBUILD_STORE: join(archive.scratch, "third store"),
        PIBUILD_CACHE: join(archive.scratch, "third cache"),
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
