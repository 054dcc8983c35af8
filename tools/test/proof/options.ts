import { parseArgs } from "node:util";
import { didYouMean } from "@pibuild/core";
import type { Proof } from "./proofs.ts";

/** What is asked of `npm run proof`. */
export interface ProofOptions {
  readonly action: "run" | "list" | "status";
  /** Empty for all. */
  readonly names: readonly string[];
  /** The n-th of so many parts, counted from 1. */
  readonly shard?: { readonly index: number; readonly of: number };
  /** Only proofs that cover what changed since this revision. */
  readonly changed?: string;
}

/** A command line that cannot be followed; its message is for the person who wrote it. */
export class ProofUsageError extends Error {}

export const usage = `usage: npm run proof -- [NAME...] [--shard I/N] [--changed REVISION] [--list | --status]
Runs the long proofs by their names or a group's, all of them but those that measure where none is named.
--shard I/N         the I-th of N parts, each of about the same length
--changed REVISION  those that cover a file that differs from REVISION
--list              show them, and run nothing
--status            show which of their results still hold for the files as they are`;

/** Reads the command line. Throws ProofUsageError. */
export function readOptions(args: string[], proofs: readonly Proof[]): ProofOptions {
  const { values, positionals } = parse(args);
  const known = proofs.map(({ name }) => name);
  const groups = proofs.flatMap(({ group }) => group ?? []);
  for (const name of positionals) {
    if (known.includes(name) || groups.includes(name)) continue;
    const meant = didYouMean(name, known);
    const help = meant === undefined ? `they are ${known.join(", ")}` : `did you mean ${meant}?`;
    throw new ProofUsageError(`there is no proof \`${name}\`; ${help}`);
  }
  if (values.list && values.status)
    throw new ProofUsageError("--list and --status exclude each other");
  return {
    action: values.list ? "list" : values.status ? "status" : "run",
    names: positionals,
    ...(values.shard === undefined ? {} : { shard: readShard(values.shard) }),
    ...(values.changed === undefined ? {} : { changed: values.changed }),
  };
}

function parse(args: string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  try {
    const options = { shard: text, changed: text, list: flag, status: flag };
    return parseArgs({ args, allowPositionals: true, options });
  } catch (error) {
    throw new ProofUsageError(error instanceof Error ? error.message : String(error));
  }
}

function readShard(text: string): { index: number; of: number } {
  const [, index = 0, of = 0] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (index < 1 || index > of)
    throw new ProofUsageError(`--shard ${text}: it is I/N with I from 1 to N, such as 1/3`);
  return { index, of };
}
