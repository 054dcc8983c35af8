/** Which client's hashes a result belongs to: the same digits mean other things to another client. */
export type ClientName = "nx" | "turbo";

/** What a task's result is found by. */
export interface ResultKey {
  /** Who may write it: a pull request has a scope of its own. */
  readonly scope: string;
  readonly client: ClientName;
  /** As the client gives it: at most 128 letters and digits. */
  readonly hash: string;
}

/** What a client wants back with a result, by the names of its headers in lower case. */
export type ResultNotes = Readonly<Record<string, string>>;

/** A result that is complete: its bytes are in a file from an offset to the file's end. */
export interface FoundResult {
  readonly path: string;
  readonly start: number;
  readonly bytes: number;
  readonly notes: ResultNotes;
}

/** Where the results of tasks are kept. Each call may reject: the server answers that as a miss. */
export interface TaskResults {
  /** A result whose content was checked, or nothing. */
  find(key: ResultKey): Promise<FoundResult | undefined>;
  /** Keeps a file's bytes, and may move the file. The first result of a key stays: false says there was one. */
  put(key: ResultKey, file: string, notes: ResultNotes): Promise<boolean>;
}
