/** One input that differs between two builds of a step or target. */
export interface FieldChange {
  /** As a person names it: `files/01-run.sh (mode)`, `settings/TARGET_HOSTNAME`, `disk/boot_size`. */
  readonly field: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Something that a step's scripts fetch besides packages. */
export interface Fetch {
  /** As a person names it: `curl`, `git clone`. */
  readonly command: string;
  /** Where from, where the script says it. */
  readonly host?: string;
}

/** Why a step has to run, or why it need not. */
export type StepReason =
  | { readonly kind: "cached" }
  | { readonly kind: "never-built" }
  | { readonly kind: "changed"; readonly fields: readonly string[] }
  | { readonly kind: "blob-missing" }
  | { readonly kind: "blob-corrupt" }
  /** A step below it is another; `fields` are what changed of its own besides. */
  | {
      readonly kind: "parent-changes";
      readonly parent: string;
      readonly fields?: readonly string[];
    }
  | { readonly kind: "inputs-unknown"; readonly detail: string };

/** Why a target with files has to run, or that it need not. */
export type TargetReason =
  | { readonly kind: "fresh" }
  | { readonly kind: "never-built" }
  /** What it is made from is another, or has to run first; `fields` are what changed of its own besides. */
  | { readonly kind: "after"; readonly what: string; readonly fields?: readonly string[] }
  | { readonly kind: "changed"; readonly fields: readonly string[] }
  /** It depends on what it did, and its files are not as it left them. */
  | { readonly kind: "files-changed" }
  /** The last build did not write down what it depended on. */
  | { readonly kind: "not-recorded" };
