import type { Fault } from "./fault.ts";

interface State {
  /** In a row. */
  readonly faults: number;
  /** When it may be asked before others again, in milliseconds since 1970. */
  readonly restsUntil: number;
}

/** A fault, and where it happened. */
export interface FaultReport extends Fault {
  readonly archive: string;
  /** The mirror. */
  readonly candidate: string;
  /** Of the file, from the archive's address on. */
  readonly path: string;
}

const longestRestMs = 5 * 60_000;

/** Remembers what mirrors did, and so in which order to ask them. */
export class Health {
  readonly #states = new Map<string, State>();
  readonly #restMs: number;
  readonly #report: (fault: FaultReport) => void;

  constructor(restMs: number, report: (fault: FaultReport) => void) {
    this.#restMs = restMs;
    this.#report = report;
  }

  /** Those without a recent fault in the order of the policy, then the others, the least faulty first. */
  order(candidates: readonly string[]): string[] {
    return [...candidates].sort((a, b) => this.#rank(a) - this.#rank(b));
  }

  /** Those without a recent fault; all where there is none. */
  awake(candidates: readonly string[]): readonly string[] {
    const found = candidates.filter((each) => this.#rank(each) === 0);
    return found.length === 0 ? candidates : found;
  }

  #rank(candidate: string): number {
    const state = this.#states.get(candidate);
    return state === undefined || state.restsUntil <= Date.now() ? 0 : state.faults;
  }

  good(candidate: string): void {
    this.#states.delete(candidate);
  }

  bad(fault: FaultReport): void {
    // One file that a mirror lacks says little of the others.
    const faults = (this.#states.get(fault.candidate)?.faults ?? 0) + 1;
    const restMs = Math.min(this.#restMs * 2 ** (faults - 1), longestRestMs);
    this.#states.set(fault.candidate, { faults, restsUntil: Date.now() + restMs });
    this.#report(fault);
  }
}
