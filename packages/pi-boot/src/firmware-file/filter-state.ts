import {
  type BootState,
  type FilterKind,
  type FilterRow,
  filterRows,
  type Verdict,
} from "./filters.ts";

/** The filters that are in force at one place of a file. */
export class FilterState {
  readonly #rows: readonly FilterRow[];
  readonly #state: BootState;
  readonly #inForce = new Map<FilterKind, { readonly filter: string; readonly verdict: Verdict }>();

  /** @param rows the filters that the reader of this file knows. */
  constructor(state: BootState, rows: readonly FilterRow[] = filterRows) {
    this.#state = state;
    this.#rows = rows;
  }

  /**
   * Goes on behind `[filter]`, and tells whether it is one. What is none is taken for a model that
   * this board is not: the bootloader's own `[config.txt]` is passed over so by the bootloader.
   */
  enter(filter: string): boolean {
    if (filter.toLowerCase() === "all") {
      this.#inForce.clear();
      return true;
    }
    for (const { pattern, kind, holds } of this.#rows) {
      const match = pattern.exec(filter);
      if (match === null) continue;
      this.#inForce.set(kind, { filter, verdict: holds(match, this.#state) });
      return true;
    }
    this.#inForce.set("model", { filter, verdict: false });
    return false;
  }

  /** Whether a line counts here. */
  get verdict(): Verdict {
    const all = [...this.#inForce.values()].map(({ verdict }) => verdict);
    return all.includes(false) ? false : all.includes(undefined) ? undefined : true;
  }

  /** The filters here that only a board that starts can answer. */
  get undecided(): string[] {
    return [...this.#inForce.values()]
      .filter(({ verdict }) => verdict === undefined)
      .map(({ filter }) => filter);
  }
}
