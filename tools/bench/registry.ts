import { randomFillSync } from "node:crypto";
import { mkdir, mkdtemp, open, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  createExec,
  formatBytes,
  removeTree,
  requirePrograms,
  sha256,
  sha256File,
} from "@pibuild/core";
import { startRegistry } from "@pibuild/test-kit";

/**
 * Measures pushes and pulls of some blobs that nothing can make smaller, with our client and with
 * `skopeo copy`, in turns, each to a registry that begins empty. Prints seconds and how many megabytes of
 * memory each took at most. The first argument is how many megabytes there are in all: 2000.
 */
const megabytes = Number(process.argv[2] ?? 2000);
const blobs = 4;
const rounds = 2;
const exec = createExec();
const client = fileURLToPath(new URL("registry-client.ts", import.meta.url));

requirePrograms(["docker-registry", "skopeo"]);
const parent = await mkdtemp("/var/tmp/pibuild-bench-registry-");
await using _parent = { [Symbol.asyncDispose]: () => removeTree(parent) };
const layout = join(parent, "layout");
const bytes = await writeLayout();

const seconds: Record<string, number[]> = {};
const memory: Record<string, number> = {};
for (let round = 0; round < rounds; round++) {
  const turns = round % 2 === 0 ? [ours, skopeo] : [skopeo, ours];
  for (const turn of turns) {
    await using registry = await startRegistry();
    await turn(registry.host);
  }
}
for (const [name, times] of Object.entries(seconds)) {
  const best = Math.min(...times);
  const rate = `${formatBytes(bytes / best)}/s`;
  const all = times.map((time) => time.toFixed(1)).join(", ");
  process.stdout.write(`${name.padEnd(14)} ${all} s (${rate}), ${memory[name] ?? "?"} MiB\n`);
}
for (const way of ["push", "pull"]) {
  const best = (who: string) => Math.min(...(seconds[`${who} ${way}`] ?? []));
  const share = Math.round((100 * best("skopeo")) / best("pibuild"));
  process.stdout.write(`${way}: ${share} % of skopeo's speed\n`);
}

async function ours(host: string): Promise<void> {
  for (const way of ["push", "pull"]) {
    const to = join(parent, "pulled");
    await mkdir(to, { recursive: true });
    const { stdout } = await timed(`pibuild ${way}`, "node", [
      ...["--conditions=@pibuild/source", client, way, `${host}/bench/blobs`],
      ...[join(layout, "blobs/sha256"), to],
    ]);
    memory[`pibuild ${way}`] = Number(stdout);
    await rm(to, { recursive: true });
  }
}

async function skopeo(host: string): Promise<void> {
  const remote = `docker://${host}/bench/blobs:all`;
  const plain = ["--insecure-policy", "copy", "--quiet"];
  const policy = ["--src-tls-verify=false", "--dest-tls-verify=false"];
  await timed("skopeo push", "skopeo", [...plain, ...policy, `oci:${layout}:all`, remote]);
  const to = join(parent, "pulled");
  await timed("skopeo pull", "skopeo", [...plain, ...policy, remote, `dir:${to}`]);
  await rm(to, { recursive: true });
}

async function timed(name: string, program: "node" | "skopeo", args: readonly string[]) {
  const result = await exec.run({ program, args, env: { TMPDIR: parent } });
  seconds[name] = [...(seconds[name] ?? []), result.durationMs / 1000];
  process.stderr.write(`${name}: ${(result.durationMs / 1000).toFixed(1)} s\n`);
  return result;
}

/** Blobs as an OCI image layout, so that skopeo takes them for an image. Gives how many bytes they are. */
async function writeLayout(): Promise<number> {
  const directory = join(layout, "blobs/sha256");
  await mkdir(directory, { recursive: true });
  const size = Math.floor((megabytes * 1_000_000) / blobs);
  const layers = [];
  for (let number = 0; number < blobs; number++) {
    const file = join(directory, "new");
    await writeRandom(file, size);
    const digest = await sha256File(file);
    await rename(file, join(directory, digest));
    layers.push({
      mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
      size,
      digest: `sha256:${digest}`,
    });
  }
  const put = async (value: unknown, mediaType: string) => {
    const text = JSON.stringify(value);
    await writeFile(join(directory, sha256(text)), text);
    return { mediaType, size: text.length, digest: `sha256:${sha256(text)}` };
  };
  const diff_ids = layers.map(({ digest }) => digest);
  const config = await put(
    { architecture: "arm64", os: "linux", rootfs: { type: "layers", diff_ids } },
    "application/vnd.oci.image.config.v1+json",
  );
  const type = "application/vnd.oci.image.manifest.v1+json";
  const manifest = await put({ schemaVersion: 2, mediaType: type, config, layers }, type);
  const annotations = { "org.opencontainers.image.ref.name": "all" };
  const index = { schemaVersion: 2, manifests: [{ ...manifest, annotations }] };
  await writeFile(join(layout, "index.json"), JSON.stringify(index));
  await writeFile(join(layout, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  return size * blobs;
}

async function writeRandom(path: string, bytes: number): Promise<void> {
  await using file = await open(path, "w");
  const piece = Buffer.alloc(4 * 1024 * 1024);
  for (let left = bytes; left > 0; left -= piece.length) {
    randomFillSync(piece);
    await file.write(piece, 0, Math.min(piece.length, left));
  }
}
