import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { startRegistry } from "@pibuild/test-kit";
import { expect } from "vitest";
import { append, type Machine, machine, onCache } from "./cache-rig.ts";

const steps = ["one/prerun", "one/00-first", "one/01-second"];

onCache("a second machine brings the compressed image alone, and no layer", async () => {
  await using registry = await startRegistry();
  const env = { PIBUILD_CACHE_REGISTRY: `${registry.host}/team/cache` };
  await using a = await machine();
  const first = await a.build({ ...env, PIBUILD_CACHE_WRITE: "1" });
  expect(first.exitCode, first.stderr).toBe(0);
  expect(first.ran).toEqual(steps);
  // Three layers, the disk, the artifacts.
  expect(first.summary.cache).toMatchObject({ hits: 0, sent: 5, refused: [], failures: [] });

  await using b = await machine();
  const digest = async (of: Machine, target: string) =>
    (await of.pibuild(["digest", "pi", target], env)).stdout;
  // Engines ask before anything has come: the stages' layers are known by their records, files are not there.
  expect(await digest(b, "one")).toBe(await digest(a, "one"));
  expect(await digest(b, "artifacts")).not.toBe(await digest(a, "artifacts"));
  const second = await b.build({ ...env, TZ: "Pacific/Auckland" });
  expect(second.exitCode, second.stderr).toBe(0);
  expect([second.ran, second.summary.phases]).toEqual([[], []]);
  expect(await b.digest("pi.img.xz")).toBe(await a.digest("pi.img.xz"));
  expect(existsSync(join(b.path, "dist/pi/pi.img"))).toBe(false);
  expect(await readdir(join(b.store, "blobs")).catch(() => [])).toEqual([]);
  const { brought = 0 } = second.summary.cache ?? {};
  expect(brought).toBe(1);
  expect((await b.build(env)).summary.fresh).toBe(true);
  expect(await digest(b, "artifacts")).toBe(await digest(a, "artifacts"));

  await using c = await machine();
  const disk = await c.build(env, ["--target", "disk"]);
  expect([disk.exitCode, disk.ran]).toEqual([0, []]);
  expect(await c.digest("pi.img")).toBe(await a.digest("pi.img"));
  expect(await readdir(join(c.store, "blobs")).catch(() => [])).toEqual([]);

  // A disk of other inputs does not stand beside an image that came.
  const change = { "stages/one/01-second/00-run.sh": append("third") };
  for (const each of [a, c]) await each.write(change);
  expect((await a.build({ ...env, PIBUILD_CACHE_WRITE: "1" })).ran).toEqual(["one/01-second"]);
  const third = await c.build(env);
  expect([third.exitCode, third.ran]).toEqual([0, []]);
  expect(await c.digest("pi.img.xz")).toBe(await a.digest("pi.img.xz"));
  expect(existsSync(join(c.path, "dist/pi/pi.img"))).toBe(false);
});
