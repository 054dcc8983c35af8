import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { createExec, isPibuildError, removeTree } from "@pibuild/core";
import { lendDirectory, raspberryArchive } from "@pibuild/tools-stand-in-archive";
import { twinVariable } from "@pibuild/twin";
import { compareTrees } from "./compare-trees.ts";
import { createWorkspace, type WorkspaceOptions } from "./conformance-workspace.ts";
import { describeTree } from "./describe-tree.ts";
import { buildAlone } from "./export/build-alone.ts";
import { compareDisks } from "./export/compare-disks.ts";
import { upstreamExport } from "./export/exported-tree.ts";
import { lendHelpers } from "./export/lend-helpers.ts";
import { imageText } from "./image-text.ts";
import { describeLayered, layersOf } from "./layered-tree.ts";
import { type ConformanceOptions, readOptions, usage } from "./options.ts";
import { describeComparison, describeTimes } from "./report.ts";
import { subjectOf } from "./subject.ts";
import { exportVolatile, volatile } from "./volatile.ts";
import { buildYardstick } from "./yardstick.ts";

/**
 * Whether stages leave the same tree layered as they do with pi-gen's own build.sh, and how long
 * each takes: cold (with a new --keep, or none), and with a change in the last step. Must run as root in a mount
 * namespace of its own. Exits with 1 where the trees differ.
 */
const exec = createExec();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(130));
const options = read();
const directory = options.keep ?? (await mkdtemp("/var/tmp/pibuild-conformance-"));
try {
  process.exitCode = await conform(options, directory);
} catch (error) {
  if (!isPibuildError(error, "COMMAND_FAILED")) throw error;
  say([error.message, ...error.data.tail].join("\n"));
  process.exitCode = 2;
} finally {
  if (options.keep === undefined) await removeTree(directory);
}

async function conform(options: ConformanceOptions, directory: string): Promise<number> {
  const { piGen } = options;
  const scratch = await emptyScratch(directory);
  await using lent = await lendDirectory(options.keep === undefined ? String(process.pid) : "kept");
  const { release, stages, asking } = await subjectOf(options);
  await using archive = await raspberryArchive(exec, {
    ...{ release, arch: "arm64", stages: asking },
    ...{ scratch, lent: lent.path, env: process.env },
  });
  const yaml = await imageText(options, { release, stages, lent: lent.path, archive });
  const env = {
    ...(piGen === undefined ? {} : { PIGEN_DIR: piGen }),
    // The tree of the contract stages holds programs of this machine.
    ...(asking.length === 0 ? { [twinVariable]: "0" } : {}),
  };
  const workspace = await createWorkspace({ directory, yaml, env, onLine: say });
  const stage = basename(stages.at(-1) ?? "");
  const yardstick = piGen === undefined ? "plain copies" : "build.sh";
  say(`stages ${stages.join(" ")}: layered, and with ${yardstick}`);
  if (asking.length > 0) say(`packages of Raspberry Pi's come from ${archive.description}`);

  const writeResult = (result: object) =>
    writeFile(join(directory, "result.json"), `${JSON.stringify(result, undefined, 2)}\n`);

  const exported = options.export && asking.length > 0;
  const fatOf = exported ? await lendHelpers(exec, scratch) : undefined;
  const layered = await workspace.build(["--target", exported ? "disk" : stage]);
  const twin = await workspace.phaseSeconds(/^make the twin of /);
  if (fatOf !== undefined && options.alone && piGen !== undefined) {
    const made = { piGen, stages: asking, scratch, fat: fatOf, env };
    const [alone, seconds] = await timed(() => buildAlone(exec, workspace, made));
    const disks = await compareDisks(exec, workspace, alone, scratch);
    say(`the disk that build.sh made alone:\n${describeComparison(disks, exportVolatile)}`);
    const times = { layered, twin, alone: seconds };
    say(describeTimes(times));
    await writeResult({ archive: archive.description, stages, seconds: times, disks });
    return disks.differences.length > 0 ? 1 : 0;
  }
  const other = await buildYardstick(exec, workspace, {
    ...{ yardstick, stage, scratch, exported },
  });
  const tree = await describeLayered(exec, workspace, { stage, scratch });
  const comparison = compareTrees(tree, await describeTree(exec, other.tree), volatile);
  say(describeComparison(comparison, volatile));
  const disks =
    fatOf === undefined
      ? undefined
      : await compareDisks(exec, workspace, await upstreamExport(workspace, fatOf), scratch);
  if (disks !== undefined) say(`the finished disks:\n${describeComparison(disks, exportVolatile)}`);
  const without = options.emulated
    ? await buildWithout({ directory: join(directory, "emulated"), yaml, env, onLine: say }, stage)
    : undefined;
  const emulatedComparison = without && compareTrees(tree, without.tree, volatile);
  if (emulatedComparison !== undefined) {
    const layers = await layersOf(workspace, stage);
    const same = layers.filter((layer, index) => layer === without?.layers[index]).length;
    say(`without the twin: ${same} of ${layers.length} layers are the same bytes, and`);
    say(describeComparison(emulatedComparison, volatile));
  }
  const changed = await workspace.build(["--target", exported ? "disk" : stage], {
    TIMEZONE_DEFAULT: "Europe/Paris",
  });
  const emulated = without === undefined ? {} : { emulated: without.seconds };
  const seconds = { layered, twin, changed, [yardstick]: other.seconds, ...emulated };
  say(describeTimes(seconds));
  await writeResult({ archive: archive.description, stages, seconds, ...comparison, disks });
  const differences = [comparison, disks, emulatedComparison].map(
    (each) => each?.differences.length ?? 0,
  );
  return differences.some((count) => count > 0) ? 1 : 0;
}

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const started = performance.now();
  const result = await work();
  return [result, (performance.now() - started) / 1000];
}

/** The layered build again in a store of its own, all of it emulated. */
async function buildWithout(options: WorkspaceOptions, stage: string) {
  const scratch = await emptyScratch(options.directory);
  const workspace = await createWorkspace(options);
  const seconds = await workspace.build(["--target", stage], { [twinVariable]: "0" });
  const tree = await describeLayered(exec, workspace, { stage, scratch });
  return { seconds, tree, layers: await layersOf(workspace, stage) };
}

/** Removes what an earlier run left, but for the store. */
async function emptyScratch(directory: string): Promise<string> {
  const scratch = join(directory, "scratch");
  for (const name of ["workspace", "scratch"]) await removeTree(join(directory, name));
  await mkdir(scratch, { recursive: true });
  return scratch;
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
