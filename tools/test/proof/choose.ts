import type { ProofOptions } from "./options.ts";
import type { Proof } from "./proofs.ts";

export interface ChooseOptions extends Pick<ProofOptions, "names" | "shard"> {
  /** Whether those that measure count where none is named. They are no part of a run: nothing may run beside them. */
  readonly measuring?: boolean;
  /** Whether a proof covers what has changed; all count where this is missing. */
  readonly affected?: (proof: Proof) => boolean;
}

/** The proofs that are asked for. */
export function chooseProofs(
  proofs: readonly Proof[],
  { names, shard, measuring = false, affected = () => true }: ChooseOptions,
): Proof[] {
  const asked = proofs.filter(({ name, group = name, measures = false }) =>
    names.length === 0 ? measuring || !measures : names.includes(name) || names.includes(group),
  );
  const wanted = asked.filter(affected);
  return shard === undefined ? wanted : (split(wanted, shard.of)[shard.index - 1] ?? []);
}

/** Parts of about the same length: each proof, the longest first, goes to the shortest part. */
function split(proofs: readonly Proof[], parts: number): Proof[][] {
  const shards = Array.from({ length: parts }, () => ({ minutes: 0, proofs: [] as Proof[] }));
  for (const proof of [...proofs].sort((a, b) => b.minutes - a.minutes)) {
    const shortest = shards.reduce((a, b) => (b.minutes < a.minutes ? b : a));
    shortest.minutes += proof.minutes;
    shortest.proofs.push(proof);
  }
  return shards.map((shard) => shard.proofs);
}
