import { mkdir, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { removeTree, requirePrograms } from "@pibuild/core";
import { createBenchWorkspace } from "./bench-workspace.ts";
import { startAptCacher } from "./servers.ts";

/**
 * Measures cold builds of the default image's stages whose packages are all here already: kept by pibuild,
 * against a pibuild that has kept none and has apt-cacher-ng for its proxy. In turns; prints seconds. The first
 * argument is how many turns: 2.
 */
const rounds = Number(process.argv[2] ?? 2);
const target = "debian-lite";

requirePrograms(["apt-cacher-ng", "mmdebstrap"]);
await using workspace = await createBenchWorkspace();
const parent = await mkdtemp("/var/tmp/pibuild-bench-cache-");
await using _parent = { [Symbol.asyncDispose]: () => removeTree(parent) };
await using cacher = await startAptCacher(parent);

const without = join(parent, "cache");
const build: Record<string, () => Promise<number>> = {
  "kept packages": () => workspace.build({ target }),
  "apt-cacher-ng": async () => {
    await forgetPackages();
    const env = { PIBUILD_CACHE: without, http_proxy: cacher.url };
    return workspace.build({ target, env });
  },
};
const seconds: Record<string, number[]> = {};
// The first round fills both, and makes the twin.
for (let round = 0; round <= rounds; round++) {
  const turns = Object.entries(build);
  for (const [name, turn] of round % 2 === 0 ? turns : turns.reverse()) {
    await workspace.forgetLayers();
    const time = await turn();
    process.stderr.write(`${name}: ${time.toFixed(1)} s\n`);
    if (round > 0) seconds[name] = [...(seconds[name] ?? []), time];
  }
}
for (const [name, times] of Object.entries(seconds))
  process.stdout.write(`${name} ${times.map((time) => time.toFixed(1)).join(", ")} s\n`);

/** A cache of its own that has all of the user's but packages. */
async function forgetPackages(): Promise<void> {
  const cache = workspace.env.PIBUILD_CACHE ?? "";
  await rm(without, { recursive: true, force: true });
  await mkdir(without);
  for (const name of await readdir(cache))
    if (name !== "packages") await symlink(join(cache, name), join(without, name));
}
