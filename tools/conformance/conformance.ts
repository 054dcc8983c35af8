import { copyFile, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createExec, removeTree } from "@pibuild/core";
import { compareTrees } from "./compare-trees.ts";
import { createWorkspace, imageName } from "./conformance-workspace.ts";
import { describeTree } from "./describe-tree.ts";
import { mountLayered } from "./layered-tree.ts";
import { lendDirectory } from "./lend.ts";
import { type ConformanceOptions, readOptions, usage } from "./options.ts";
import { raspberryArchive } from "./raspberry-archive.ts";
import { describeComparison } from "./report.ts";
import { volatile } from "./volatile.ts";

/**
 * Whether pi-gen's stages leave the same tree layered as they do with pi-gen's own build.sh, and
 * how long each takes: cold, and with a change in the last step. Must run as root in a mount
 * namespace of its own. Exits with 1 where the trees differ.
 */
const exec = createExec();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(130));
const options = read();
const directory = options.keep ?? (await mkdtemp("/var/tmp/pibuild-conformance-"));
try {
  process.exitCode = await conform(options, directory);
} finally {
  if (options.keep === undefined) await removeTree(directory);
}

async function conform(options: ConformanceOptions, directory: string): Promise<number> {
  const { piGen, stages } = options;
  if (piGen === undefined) throw new Error("no checkout of pi-gen: name one with --pi-gen");
  await mkdir(directory, { recursive: true });
  await removeTree(join(directory, "workspace"));
  await removeTree(join(directory, "scratch"));
  const scratch = join(directory, "scratch");
  await mkdir(scratch);
  await using lent = await lendDirectory();
  const release = await releaseOf(piGen);
  await using archive = await raspberryArchive(exec, {
    release,
    arch: "arm64",
    stages: stages.map((stage) => join(piGen, stage)),
    scratch,
    lent: lent.path,
  });
  say(`packages of Raspberry Pi's come from ${archive.description}`);
  const settings = {
    FIRST_USER_PASS: "conformance-4711",
    ...(archive.tempRepo === undefined ? {} : { TEMP_REPO: archive.tempRepo }),
    ...(options.aptProxy === undefined ? {} : { APT_PROXY: options.aptProxy }),
  };
  const aptConfig = join(lent.path, "apt.conf");
  if (options.aptConfig !== undefined) await copyFile(options.aptConfig, aptConfig);
  const image = {
    release,
    stages: stages.map((stage) => `pi-gen/${stage}`),
    settings,
    ...(options.aptConfig === undefined ? {} : { env: { APT_CONFIG: aptConfig } }),
  };
  const workspace = await createWorkspace({
    directory,
    yaml: JSON.stringify(image),
    env: { PIGEN_DIR: piGen },
    onLine: say,
  });
  const last = stages.at(-1) ?? "";
  const until = ["--target", last];

  const layered = await workspace.build(until);
  const upstream = await workspace.build([...until, "--runner", "upstream"]);
  const left = await mountLayered(exec, workspace, { stage: last, scratch });
  const right = join(workspace.store, "upstream", imageName, last, "rootfs");
  const comparison = compareTrees(
    await describeTree(exec, left),
    await describeTree(exec, right),
    volatile,
  );
  say(describeComparison(comparison, volatile));
  const changed = await workspace.build(until, { TIMEZONE_DEFAULT: "Europe/Paris" });
  say(
    `cold: layered ${layered.toFixed(0)} s, build.sh ${upstream.toFixed(0)} s: ${(upstream / layered).toFixed(1)} times`,
  );
  say(
    `last step changed: layered ${changed.toFixed(1)} s: ${(upstream / changed).toFixed(1)} times`,
  );
  await writeFile(
    join(directory, "result.json"),
    `${JSON.stringify({ archive: archive.description, seconds: { layered, upstream, changed }, ...comparison }, undefined, 2)}\n`,
  );
  return comparison.differences.length === 0 ? 0 : 1;
}

/** The release that a checkout builds, which stands in its build.sh. */
async function releaseOf(piGen: string): Promise<string> {
  const script = await readFile(join(piGen, "build.sh"), "utf8");
  return /^export RELEASE=\$\{RELEASE:-(\w+)\}/m.exec(script)?.[1] ?? "bookworm";
}

function read(): ConformanceOptions {
  try {
    return readOptions(process.argv.slice(2), process.env);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}\n`);
    process.exit(2);
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
