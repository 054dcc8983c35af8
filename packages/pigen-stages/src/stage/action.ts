/** What one numbered file of a sub-stage asks for. */
export type ActionKind =
  | "prerun"
  | "debconf"
  | "packages-nr"
  | "packages"
  | "patches"
  | "run"
  | "run-chroot";

export interface Action {
  readonly kind: ActionKind;
  /** Name of the file or directory, relative to the step's directory. */
  readonly name: string;
}

/**
 * The kinds in the order in which pi-gen's `run_sub_stage` looks for them at each index.
 * `packages-nr` comes before `packages`, whatever pi-gen's README says.
 */
export const actionOrder = [
  { kind: "debconf", suffix: "debconf", needs: "file" },
  { kind: "packages-nr", suffix: "packages-nr", needs: "file" },
  { kind: "packages", suffix: "packages", needs: "file" },
  { kind: "patches", suffix: "patches", needs: "directory" },
  { kind: "run", suffix: "run.sh", needs: "executable" },
  { kind: "run-chroot", suffix: "run-chroot.sh", needs: "file" },
] as const satisfies readonly {
  kind: ActionKind;
  suffix: string;
  needs: "file" | "directory" | "executable";
}[];

/** The indices that pi-gen tries: `00` to `99`. */
export const indices = Array.from({ length: 100 }, (_, index) => String(index).padStart(2, "0"));
