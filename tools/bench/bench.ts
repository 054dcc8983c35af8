import { appendFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { createExec, ownMounts, requirePrograms } from "@pibuild/core";
import { type BenchWorkspace, createBenchWorkspace, repository } from "./bench-workspace.ts";
import { chart } from "./chart.ts";

/**
 * Measures the default image up to its uncompressed disk, in one run on one machine. Single times
 * depend on the machine; the ratios are what to compare. Scenarios:
 * - twin: making the twin, once a machine and release
 * - cold: empty store, packages downloaded; again with all programs emulated; and the same stages
 *   the way pi-gen runs them
 * - warm: nothing changed; oneFile: a file of the last stage; resume: after a kill
 * - noOpNx: the same by `nx run`
 * - noOp10, noOp30, noOp100: nothing changed in an image of so many steps more
 * - secondImage: another image on the same base
 * - aptUpdate: `apt-get update` in the image, redirected and emulated
 * Names of scenarios as arguments leave it at those.
 * Writes `.pibuild/bench/result.json` and a chart beside it.
 */
const lastFile = "stages/debian-lite/07-cloud-init/files/user-data";
const killedStep = "debian-lite/01-cloud-init-packages";
const repeat = 3;
const emulated = { PIBUILD_TWIN: "0" };
/** Scenarios to leave it at; none means all. They build on each other in the order below. */
const chosen = process.argv.slice(2);
const wanted = (name: string) => chosen.length === 0 || chosen.includes(name);

requirePrograms(["debootstrap", "mmdebstrap"]);
await using workspace = await createBenchWorkspace();
const seconds: Record<string, number> = {};

await measure("twinAndCold", () => workspace.build());
await measure("cold", () =>
  median(repeat, async () => {
    await workspace.forgetLayers();
    return workspace.build();
  }),
);
await measure("warm", () => median(repeat, () => workspace.build()));
await measure("noOpNx", () => median(repeat, () => workspace.nxNoOp()));
await measure("oneFile", () =>
  median(repeat, async (round) => {
    await appendFile(join(workspace.path, lastFile), `# round ${round}\n`);
    return workspace.build();
  }),
);
await measure("resume", () => killAndResume(workspace));
const peakMemoryMiB = await workspace.peakMemory();
for (const count of [10, 30, 100].filter((steps) => wanted(`noOp${steps}`))) {
  const image = await workspace.addManySteps(count);
  const target = image;
  if (count === 10) await measure("secondImage", () => workspace.build({ image, target }));
  else await workspace.build({ image, target });
  await measure(`noOp${count}`, () => median(repeat, () => workspace.build({ image, target })));
}
await measure("aptUpdate", () => median(repeat, () => workspace.aptUpdate({})));
await measure("aptUpdateEmulated", () => median(repeat, () => workspace.aptUpdate(emulated)));
await measure("coldEmulated", async () => {
  await workspace.forgetLayers();
  return workspace.build({ env: emulated });
});
await measure("pigenWay", () => runPigenWay(workspace));

const ratio = (slow: string, quick: string) =>
  (seconds[slow] ?? Number.NaN) / (seconds[quick] ?? Number.NaN);
const result = {
  schema: 2,
  commit: (
    await createExec().run({ program: "git", args: ["-C", repository, "rev-parse", "HEAD"] })
  ).stdout,
  machine: { cpus: cpus().length, memoryGiB: Math.round(totalmem() / 1024 ** 3) },
  seconds,
  ratios: {
    pigenWayToCold: ratio("pigenWay", "cold"),
    coldEmulatedToCold: ratio("coldEmulated", "cold"),
    coldToWarm: ratio("cold", "warm"),
    coldToOneFile: ratio("cold", "oneFile"),
    aptUpdateEmulatedToRedirected: ratio("aptUpdateEmulated", "aptUpdate"),
  },
  peakMemoryMiB,
};
const output = join(repository, ".pibuild", "bench");
await mkdir(output, { recursive: true });
await writeFile(join(output, "result.json"), `${JSON.stringify(result, undefined, 2)}\n`);
await writeFile(join(output, "chart.svg"), chart(seconds));
for (const [name, value] of Object.entries(result.ratios))
  if (Number.isFinite(value)) process.stdout.write(`${name.padEnd(32)} ${value.toFixed(2)}\n`);
if (peakMemoryMiB !== undefined)
  process.stdout.write(`peak memory of pibuild itself: ${peakMemoryMiB} MiB\n`);

/** Forgets a late step and all after it, kills the build while that step runs, and measures the next. */
async function killAndResume(target: BenchWorkspace): Promise<number> {
  await target.forgetFrom(killedStep);
  const abort = new AbortController();
  const running = new RegExp(`run +${killedStep}`);
  await target.build({
    onLine: (line) => running.test(line) && abort.abort("SIGTERM"),
    signal: abort.signal,
  });
  return target.build();
}

/** In a namespace of its own, because it mounts as pi-gen does. */
async function runPigenWay(target: BenchWorkspace): Promise<number> {
  const scratch = join(target.directory, "pigen-way");
  await mkdir(scratch);
  await createExec().run({
    program: "unshare",
    args: [
      ...ownMounts,
      process.execPath,
      join(import.meta.dirname, "pigen-way.ts"),
      target.path,
      scratch,
    ],
    env: { ...target.env, NODE_OPTIONS: "" },
  });
  const seconds = Number(await readFile(join(scratch, "seconds"), "utf8"));
  await rm(scratch, { recursive: true });
  return seconds;
}

/** Says each time as soon as it is known: the whole takes long. */
async function measure(name: string, work: () => Promise<number>): Promise<void> {
  if (!wanted(name)) return;
  seconds[name] = await work();
  process.stderr.write(`${name.padEnd(20)} ${seconds[name].toFixed(1).padStart(8)} s\n`);
}

async function median(count: number, measure: (round: number) => Promise<number>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < count; round++) times.push(await measure(round));
  return times.sort((a, b) => a - b)[Math.floor(count / 2)] ?? Number.NaN;
}
