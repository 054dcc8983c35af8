import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { type Command, createExec, requirePrograms } from "@pibuild/core";
import { copySparse, type DiskPlan, layoutDigest, partitionOf } from "@pibuild/partitioner";
import { abPlan, abRoot, makeAbTrees } from "./ab-trees.ts";
import { repository } from "./bench-workspace.ts";
import { genimageConfig } from "./genimage-config.ts";

/**
 * Measures a disk of two slots and its update against the tools that one would take otherwise, from
 * a finished root filesystem: `node tools/bench/ab.ts ROOTFS`, as root. Each pair takes turns, so
 * that both meet the same machine; the ratios are what to compare.
 * - disk: the six partitions from the same directories, against genimage; neither has an image of
 *   before, whose memory it could take again. The sha256 that `pibuild build` notes is taken afterwards
 * - payload: both images of slot A, against `tar | zstd -3 -T0`
 * - verify: the payload, every chunk
 * Writes `.pibuild/bench/ab.json`.
 */
const rounds = 3;
const genimage = "/usr/bin/genimage";
const exec = createExec();
const cli = join(repository, "apps", "cli", "bin", "pibuild.mjs");

requirePrograms(["mke2fs", "mcopy", "mkfs.vfat"]);
const [rootfs] = process.argv.slice(2);
if (!existsSync(genimage)) throw new Error(`${genimage} is missing: apt-get install genimage`);
if (rootfs === undefined) throw new Error("usage: node tools/bench/ab.ts ROOTFS");
const directory = await mkdtemp("/var/tmp/pibuild-bench-");
const at = (name: string) => join(directory, name);
try {
  const rootBytes = await makeAbTrees(exec, resolve(rootfs), directory);
  const { plan, layout } = abPlan(rootBytes);
  const disk = async () => {
    await rm(at("disk.img"), { force: true });
    return node("disk", join(import.meta.dirname, "ab-disk.ts"), directory, `${rootBytes}`);
  };
  const [ours, theirs] = await inTurns("disk", disk, await genimageOf(plan));
  await cutOut(plan, "boot-a");
  await cutOut(plan, "root-a");
  const [payload, tar] = await inTurns(
    "payload",
    () => buildPayload(layoutDigest(plan)),
    tarAndZstd,
  );
  const verify = await median(() =>
    node("verify", cli, "payload", "verify", "--unsigned", at("payload")),
  );
  const rawBytes = partitionOf(plan, "boot-a").sizeBytes + partitionOf(plan, "root-a").sizeBytes;
  await report({
    machine: { cpus: cpus().length, memoryGiB: Math.round(totalmem() / 1024 ** 3) },
    seconds: { disk: ours, genimage: theirs, payload, tarAndZstd: tar, verify },
    ratios: { genimageToDisk: theirs / ours, tarAndZstdToPayload: tar / payload },
    verifiedMBPerSecond: rawBytes / verify / 1e6,
    layout: layout.name,
    peakMemoryMiB: await peaks(),
  });
} finally {
  await rm(directory, { recursive: true, force: true });
}

/** A function that runs genimage on the same directories. */
async function genimageOf(plan: DiskPlan): Promise<() => Promise<number>> {
  await mkdir(at("empty"));
  await writeFile(at("genimage.cfg"), genimageConfig(plan, directory));
  const paths = ["--rootpath", at("empty"), "--tmppath", at("tmp"), "--inputpath", at("in")];
  return async () => {
    for (const name of ["tmp", "out"]) await rm(at(name), { recursive: true, force: true });
    return seconds({ path: genimage }, [
      "--config",
      at("genimage.cfg"),
      ...paths,
      "--outputpath",
      at("out"),
    ]);
  };
}

/** The image of one partition, with holes where it is zero. */
async function cutOut(plan: DiskPlan, role: string): Promise<void> {
  const { startBytes: start, sizeBytes: length } = partitionOf(plan, role);
  await writeFile(at(role), "");
  await truncate(at(role), length);
  await copySparse(at("disk.img"), at(role), 0, { start, length });
}

function buildPayload(layout: string): Promise<number> {
  return node(
    "payload",
    cli,
    "payload",
    "build",
    ...[
      ...["--boot", at("boot-a"), "--root", at("root-a"), "--output", at("payload")],
      ...["--root-a", abRoot("root-a"), "--root-b", abRoot("root-b"), "--layout", layout],
      ...["--system-version", "1.0.0", "--security-epoch", "1", "--compatible", "bench"],
      ...["--board", "zero2w"],
    ],
  );
}

function tarAndZstd(): Promise<number> {
  const line =
    'tar --create --file=- --directory="$1" boot-a root-a | zstd -q -3 -T0 -f -o "$1/tar.zst"';
  return seconds("bash", ["-o", "pipefail", "-c", line, "bash", directory]);
}

/** Runs a Node program, which notes its peak memory, and gives its time in seconds. */
function node(name: string, script: string, ...args: readonly string[]): Promise<number> {
  return seconds({ path: process.execPath }, [script, ...args], {
    PIBUILD_BENCH_MEMORY: at(`memory.${name}`),
    NODE_OPTIONS: `--import=${join(import.meta.dirname, "record-memory.mjs")}`,
  });
}

async function seconds(
  program: Command["program"],
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  // Nobody pays for what the one before has left to be written.
  await exec.run({ program: "bash", args: ["-c", "sync"] });
  const started = performance.now();
  await exec.run({ program, args, env });
  return (performance.now() - started) / 1000;
}

/** Medians of two that take turns; a first turn of each is not counted. */
async function inTurns(
  name: string,
  a: () => Promise<number>,
  b: () => Promise<number>,
): Promise<[number, number]> {
  const times: [number, number][] = [];
  for (let round = 0; round <= rounds; round++) {
    times.push([await a(), await b()]);
    process.stderr.write(
      `${name}: ${times
        .at(-1)
        ?.map((time) => time.toFixed(1))
        .join(" against ")} s\n`,
    );
  }
  const counted = times.slice(1);
  return [middle(counted.map(([time]) => time)), middle(counted.map(([, time]) => time))];
}

async function median(work: () => Promise<number>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) times.push(await work());
  return middle(times);
}

function middle(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
}

/** Of each Node program, in MiB. */
async function peaks(): Promise<Record<string, number>> {
  const peak = async (name: string) => {
    const lines = (await readFile(at(`memory.${name}`), "utf8")).trim().split("\n");
    return [name, Math.round(Math.max(...lines.map((line) => Number.parseInt(line, 10))) / 1024)];
  };
  return Object.fromEntries(await Promise.all(["disk", "payload", "verify"].map(peak)));
}

async function report(result: object): Promise<void> {
  const output = join(repository, ".pibuild", "bench");
  await mkdir(output, { recursive: true });
  const text = `${JSON.stringify(result, undefined, 2)}\n`;
  await writeFile(join(output, "ab.json"), text);
  process.stdout.write(text);
}
