import { mkdtemp, readdir } from "node:fs/promises";
import { join } from "node:path";
import { createExec, formatBytes, removeTree, requirePrograms } from "@pibuild/core";
import { makePackages, makeSigner, releaseArchive } from "@pibuild/test-kit";
import { peakMemory, startNginx, startPackageProxy } from "./servers.ts";

/**
 * Measures how fast the package proxy sends kept packages to four clients at once, against nginx with the
 * same files, in turns. Prints seconds, and how much memory the proxy took at most. The first argument is
 * how many megabytes each client fetches: 1000.
 */
const megabytes = Number(process.argv[2] ?? 1000);
const count = 25;
const clients = 4;
const rounds = 5;
const address = "http://archive.example/debian";
const exec = createExec();

requirePrograms(["curl", "dpkg-deb", "gpg", "nginx"]);
const parent = await mkdtemp("/var/tmp/pibuild-bench-packages-");
await using _parent = { [Symbol.asyncDispose]: () => removeTree(parent) };
const archive = join(parent, "debian");
await using signer = await makeSigner();
const size = Math.floor((megabytes * 1_000_000) / count);
await makePackages(
  archive,
  Array.from({ length: count }, (_, index) => ({ name: `package-${index}`, size })),
);
await releaseArchive(archive, signer);
await using nginx = await startNginx(parent, parent);
const memory = join(parent, "memory");

const pool = (await readdir(join(archive, "pool/main"))).map((name) => `pool/main/${name}`);
const seconds: Record<string, number[]> = { nginx: [], proxy: [] };
const begin = ["dists/bookworm/InRelease", ...pool];
const kept = join(parent, "kept");
const mirrors = [`${address}=${nginx.url}/debian`];
{
  await using proxy = await startPackageProxy(kept, mirrors, join(parent, "filling"));
  await fetchAll(begin, address, ["--proxy", proxy.url]);
}
{
  await using proxy = await startPackageProxy(kept, mirrors, memory);
  const throughProxy = ["--proxy", proxy.url];
  // Each file is read once before the process believes it.
  await fetchAll(begin, address, throughProxy);
  for (let round = 0; round < rounds; round++) {
    const turns = round % 2 === 0 ? ["nginx", "proxy"] : ["proxy", "nginx"];
    for (const turn of turns) {
      const started = performance.now();
      await Promise.all(
        Array.from({ length: clients }, (_, client) => {
          // Each begins elsewhere, as builds do.
          const from = Math.floor((pool.length * client) / clients);
          const paths = [...pool.slice(from), ...pool.slice(0, from)];
          return turn === "nginx"
            ? fetchAll(paths, `${nginx.url}/debian`)
            : fetchAll(paths, address, throughProxy);
        }),
      );
      seconds[turn]?.push((performance.now() - started) / 1000);
    }
  }
}
const median = (times: readonly number[] = []) =>
  [...times].sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
for (const [name, times] of Object.entries(seconds)) {
  const rate = `${formatBytes((clients * count * size) / median(times))}/s`;
  process.stdout.write(
    `${name.padEnd(6)} ${times.map((time) => time.toFixed(2)).join(", ")} s (${rate})\n`,
  );
}
const share = Math.round((100 * median(seconds.nginx)) / median(seconds.proxy));
process.stdout.write(
  `proxy: ${share} % of nginx's speed, at most ${await peakMemory(memory)} MiB; ${await peakMemory(join(parent, "filling"))} MiB to fetch them\n`,
);

async function fetchAll(paths: readonly string[], base: string, options: readonly string[] = []) {
  const wanted = paths.flatMap((path) => ["--output", "/dev/null", `${base}/${path}`]);
  const args = ["--silent", "--show-error", "--fail", "--no-buffer", ...options, ...wanted];
  await exec.run({ program: "curl", args });
}
