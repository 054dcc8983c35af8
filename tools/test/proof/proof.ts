import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { removeTree } from "@pibuild/core";
import { chooseProofs } from "./choose.ts";
import { coveredFiles } from "./covered-files.ts";
import { type ProofOptions, ProofUsageError, readOptions, usage } from "./options.ts";
import { type Proof, proofs } from "./proofs.ts";
import { judge, keepRecord, readRecord } from "./record.ts";
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
  const totals = { passed: 0, failed: 0, skipped: 0 };
  let success = true;
  const at = await commit();
  // Layers that no proof has to build for itself are built by the first that wants them.
  const store = await mkdtemp("/var/tmp/pibuild-proof-");
  process.env.PIBUILD_TEST_STORE = join(store, "store");
  for (const proof of chosen) {
    say(`proof ${proof.name}: ${proof.proves}`);
    const digest = await digestOf(coveredFiles(proof, all));
    const started = performance.now();
    const result = await runProof(proof);
    const seconds = Math.round((performance.now() - started) / 1000);
    const finished = new Date().toISOString();
    keepRecord({ name: proof.name, commit: at, digest, finished, seconds, ...result });
    totals.passed += result.passed;
    totals.failed += result.failed;
    totals.skipped += result.skipped;
    success &&= result.success;
  }
  await removeTree(store);
  say(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
  return success ? 0 : 1;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
