import { mkdtemp, readFile, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { removeTree } from "@pibuild/core";
import type { SuiteResult } from "../run-suite.ts";
import { chooseProofs } from "./choose.ts";
import { coveredFiles } from "./covered-files.ts";
import { type ProofOptions, ProofUsageError, readOptions, usage } from "./options.ts";
import { type Proof, proofs } from "./proofs.ts";
import { judge, keepRecord, logFileOf, readRecord } from "./record.ts";
import { changedSince, commit, digestOf, repositoryFiles } from "./repository.ts";
import { runProof } from "./run-proof.ts";

try {
  process.exitCode = await main(readOptions(process.argv.slice(2), proofs));
} catch (error) {
  if (!(error instanceof ProofUsageError)) throw error;
  process.stderr.write(`error: ${error.message}\n\n${usage}\n`);
  process.exitCode = 2;
}

async function main(options: ProofOptions): Promise<number> {
  const all = await repositoryFiles();
  const measuring = options.action !== "run";
  const affected = await affectedBy(options.changed, all);
  const chosen = chooseProofs(proofs, { ...options, measuring, ...affected });
  if (options.action === "list") return list(chosen);
  if (options.action === "status") return status(chosen, all);
  return run(chosen, all);
}

async function affectedBy(revision: string | undefined, all: readonly string[]) {
  if (revision === undefined) return {};
  const changed = new Set(await changedSince(revision));
  return { affected: (proof: Proof) => coveredFiles(proof, all).some((file) => changed.has(file)) };
}

function list(chosen: readonly Proof[]): number {
  for (const { name, minutes, proves, needs } of chosen) {
    const wants = needs === undefined ? "" : ` (needs ${needs})`;
    say(`${name.padEnd(16)} ${String(minutes).padStart(3)} min  ${proves}${wants}`);
  }
  return 0;
}

async function status(chosen: readonly Proof[], all: readonly string[]): Promise<number> {
  for (const proof of chosen) {
    const digest = await digestOf(coveredFiles(proof, all));
    say(`${proof.name.padEnd(16)} ${judge(readRecord(proof.name), digest)}`);
  }
  return 0;
}

async function run(chosen: readonly Proof[], all: readonly string[]): Promise<number> {
  // Layers that no proof has to build for itself are built by the first that wants them.
  const directory = await mkdtemp("/var/tmp/pibuild-proof-");
  process.env.PIBUILD_TEST_STORE = join(directory, "store");
  const at = await commit();
  const results: SuiteResult[] = [];
  const work = async (queue: Proof[]) => {
    for (let proof = queue.shift(); proof !== undefined; proof = queue.shift())
      results.push(await prove(proof, at, all));
  };
  const [beside, alone] = [false, true].map((measures) =>
    chosen.filter((proof) => (proof.measures ?? false) === measures),
  ) as [Proof[], Proof[]];
  try {
    await Promise.all([work(beside), work(beside)]);
    await work(alone);
  } finally {
    await removeTree(directory);
  }
  const total = (field: "passed" | "failed" | "skipped") =>
    results.reduce((sum, result) => sum + result[field], 0);
  say(`${total("passed")} passed, ${total("failed")} failed, ${total("skipped")} skipped`);
  return results.every(({ success }) => success) ? 0 : 1;
}

/** Runs one proof and keeps its record; shows the end of its log where it fails. */
async function prove(proof: Proof, at: string, all: readonly string[]): Promise<SuiteResult> {
  const { name } = proof;
  const digest = await digestOf(coveredFiles(proof, all));
  const logFile = logFileOf(name);
  await rm(logFile, { force: true });
  say(`${name} begins: ${proof.proves}; see ${relative(process.cwd(), logFile)}`);
  const started = performance.now();
  const result = await runProof(proof, logFile);
  const seconds = Math.round((performance.now() - started) / 1000);
  const finished = new Date().toISOString();
  keepRecord({ name, commit: at, digest, finished, seconds, ...result });
  const { passed, failed, skipped, success } = result;
  if (!success) say(`${(await readFile(logFile, "utf8")).split("\n").slice(-80).join("\n")}`);
  say(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped in ${seconds} s`);
  return result;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
