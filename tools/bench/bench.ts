import { appendFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { createExec, requirePrograms } from "@pibuild/core";
import { type BenchWorkspace, createBenchWorkspace, repository } from "./bench-workspace.ts";

/**
 * Measures the default image up to its uncompressed disk, in one run on one machine: cold (empty
 * store, packages downloaded), warm (nothing changed), one file of the last stage changed, resume
 * after a kill, and the same stages the way pi-gen runs them. Single times depend on the
 * machine; the ratios are what to compare. Writes `.pibuild/bench/result.json`.
 */
const lastFile = "stages/debian-lite/07-cloud-init/files/user-data";
const killedStep = "debian-lite/01-cloud-init-packages";
const repeat = 3;

requirePrograms(["debootstrap", "mmdebstrap"]);
await using workspace = await createBenchWorkspace();

const cold = await measured("cold", () => workspace.build());
const warm = await measured("warm", () => median(repeat, () => workspace.build()));
const editLastStage = async (round: number) => {
  await appendFile(join(workspace.path, lastFile), `# round ${round}\n`);
  return workspace.build();
};
const oneFile = await measured("oneFile", () => median(repeat, editLastStage));
const resume = await measured("resume", () => killAndResume(workspace));
const peakMemoryMiB = Math.round(await workspace.peakMemory());
const pigenWay = await measured("pigenWay", () => runPigenWay(workspace));

const result = {
  schema: 1,
  commit: (
    await createExec().run({ program: "git", args: ["-C", repository, "rev-parse", "HEAD"] })
  ).stdout,
  machine: { cpus: cpus().length, memoryGiB: Math.round(totalmem() / 1024 ** 3) },
  seconds: { cold, warm, oneFile, resume, pigenWay },
  ratios: {
    coldToPigenWay: cold / pigenWay,
    warmToCold: warm / cold,
    oneFileToCold: oneFile / cold,
  },
  peakMemoryMiB,
};
await mkdir(join(repository, ".pibuild", "bench"), { recursive: true });
await writeFile(
  join(repository, ".pibuild", "bench", "result.json"),
  `${JSON.stringify(result, undefined, 2)}\n`,
);
for (const [name, seconds] of Object.entries(result.seconds)) {
  process.stdout.write(
    `${name.padEnd(10)} ${seconds.toFixed(1).padStart(8)} s  ${(seconds / pigenWay).toFixed(3)} of the pi-gen way\n`,
  );
}
process.stdout.write(`peak memory of pibuild itself: ${peakMemoryMiB} MiB\n`);

/** Forgets a late step and all after it, kills the build while that step runs, and measures the next. */
async function killAndResume(target: BenchWorkspace): Promise<number> {
  await target.forgetFrom(killedStep);
  const abort = new AbortController();
  const running = new RegExp(`run +${killedStep}`);
  await target.build((line) => running.test(line) && abort.abort("SIGTERM"), abort.signal);
  return target.build();
}

/** In a namespace of its own, because it mounts as pi-gen does. */
async function runPigenWay(target: BenchWorkspace): Promise<number> {
  const scratch = join(target.directory, "pigen-way");
  await mkdir(scratch);
  await createExec().run({
    program: "unshare",
    args: [
      "--mount",
      "--propagation",
      "private",
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
async function measured(name: string, measure: () => Promise<number>): Promise<number> {
  const seconds = await measure();
  process.stderr.write(`${name}: ${seconds.toFixed(1)} s\n`);
  return seconds;
}

async function median(count: number, measure: (round: number) => Promise<number>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < count; round++) times.push(await measure(round));
  return times.sort((a, b) => a - b)[Math.floor(count / 2)] ?? Number.NaN;
}
