import { mkdtempDisposable, readFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "@pibuild/core";
import { hostMirrors } from "@pibuild/mirrors";
import { type Misdeed, needs, type ReadArchive, serveMirror } from "@pibuild/test-kit";
import { expect } from "vitest";
import { copyTwin, createImageRig, type ImageRig, layersOf } from "./image-rig.ts";

const proof = needs("root", "mksquashfs", "mmdebstrap", "bash");

/** Quick ones first: the first mirrors are asked most often. */
const misdeeds: readonly Misdeed[] = [
  ...([404, 429, 500, 503, "reset", "wrong byte", "half"] as const),
  ...(["longer", "page", "loop", "stall", "hang", "slow"] as const),
];

proof(
  "a build whose mirrors fail in every way has the layers of one with a good mirror alone",
  async () => {
    await using scratch = await mkdtempDisposable("/var/tmp/pibuild hostile-");
    const read = await debianArchive();
    await using good = await serveMirror(read);
    await using plain = await createImageRig();
    await build(plain, [good.url], join(scratch.path, "plain"));

    const injected: string[] = [];
    const urls = ["http://127.0.0.1:1/debian"];
    await using mirrors = new AsyncDisposableStack();
    // Each does well with some files, and so is asked again and again.
    for (const [index, misdeed] of misdeeds.entries()) {
      const mirror = await serveMirror(read, (path) => {
        if (!isBad(path, index)) return undefined;
        injected.push(`${misdeed} ${path}`);
        return misdeed;
      });
      mirrors.use(mirror);
      urls.push(mirror.url);
    }
    await using hostile = await createImageRig();
    await copyTwin(plain, hostile);
    const said = await build(hostile, [...urls, good.url], join(scratch.path, "hostile"));
    process.stderr.write(`${injected.length} faults: ${JSON.stringify(countKinds(injected))}\n`);
    expect(injected.length).toBeGreaterThanOrEqual(200);
    expect(Object.keys(countKinds(injected)).sort()).toEqual(misdeeds.map(String).sort());
    for (const url of urls) expect(said).toContain(`debian: ${url} `);
    expect(said).not.toContain(`debian: ${good.url} `);
    expect(await layersOf(hostile)).toEqual(await layersOf(plain));
  },
);

/** This host's own mirror of Debian; what was asked for once is kept. */
async function debianArchive(): Promise<ReadArchive> {
  const sources = await hostMirrors();
  const address = sources.find(({ uri }) => uri.endsWith("/debian"))?.uri ?? "";
  const kept = new Map<string, Promise<Buffer | undefined>>();
  const fetched = async (path: string) => {
    const answer = await fetch(`${address}/${path}`);
    return answer.ok ? Buffer.from(await answer.arrayBuffer()) : undefined;
  };
  return (path) => {
    const found = kept.get(path) ?? fetched(path);
    kept.set(path, found);
    return found;
  };
}

/** Ten of sixteen files, other ones for each mirror. */
function isBad(path: string, mirror: number): boolean {
  return /^[0-9]/.test(sha256(`${mirror} ${path}`));
}

function countKinds(injected: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const each of injected) {
    const kind = each.slice(0, each.lastIndexOf(" "));
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

/** Builds with these mirrors and no package at hand; gives what the build says to people. */
async function build(rig: ImageRig, candidates: readonly string[], cache: string): Promise<string> {
  await rig.edit(
    "apps/debian-lite/image.yaml",
    "release: bookworm\n",
    `release: bookworm\nmirrors:\n  debian: { candidates: [${candidates.join(", ")}] }\n`,
  );
  const said = `${cache}.log`;
  await rig.pibuild(
    ["build", "debian-lite", "--target", "debian-lite"],
    { PIBUILD_CACHE: cache, APT_TIMEOUT: "2" },
    ["bash", "-c", 'exec "$@" >"$0" 2>&1', said],
  );
  return await readFile(said, "utf8");
}
