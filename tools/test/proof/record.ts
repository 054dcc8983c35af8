import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, type SuiteResult } from "../run-suite.ts";

/** How a proof ended, and for which files. */
export interface ProofRecord extends SuiteResult {
  readonly name: string;
  /** The commit at which it ran; files that were not committed count as well. */
  readonly commit: string;
  /** Of the files that it covers. */
  readonly digest: string;
  readonly finished: string;
  readonly seconds: number;
}

const directory = join(root, ".pibuild", "proof");

/** Where a proof's output goes; its directory exists then. */
export function logFileOf(name: string): string {
  mkdirSync(directory, { recursive: true });
  return join(directory, `${name}.log`);
}

/** Keeps the figures of a proof in `.pibuild/proof/<name>.json`. */
export function keepRecord(record: ProofRecord): void {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `${record.name}.json`);
  writeFileSync(`${file}.new`, `${JSON.stringify(record, undefined, 2)}\n`);
  renameSync(`${file}.new`, file);
}

/** The last figures of a proof; undefined where there are none, or none that can be read. */
export function readRecord(name: string): ProofRecord | undefined {
  try {
    return JSON.parse(readFileSync(join(directory, `${name}.json`), "utf8")) as ProofRecord;
  } catch {
    return undefined;
  }
}

/** Whether the last figures of a proof hold for files with this digest, and why not. */
export function judge(record: ProofRecord | undefined, digest: string): string {
  if (record === undefined) return "not run here";
  const at = `at ${record.commit.slice(0, 7)}`;
  if (record.digest !== digest) return `out of date: what it covers has changed since it ran ${at}`;
  if (!record.success) return `failed ${at}`;
  return record.passed === 0 ? `skipped ${at}` : `holds: ran ${at}`;
}
