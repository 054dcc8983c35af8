import type { ForeignArch } from "../foreign-arch.ts";
import type { Trial } from "../trial/try-program.ts";
import type { Defect, JudgedHandler } from "./judge-handler.ts";

/** How it stands with programs of an architecture, in a word. */
export type BinfmtState =
  | "native"
  | "usable"
  | "not-linux"
  | "no-binfmt-misc"
  | "unregistered"
  | "disabled"
  | "fails"
  | Defect;

/** The same, with what it follows from. */
export interface BinfmtStatus {
  readonly arch: ForeignArch;
  readonly state: BinfmtState;
  /** The handler that the kernel takes; where none is switched on, the newest. */
  readonly handler?: JudgedHandler;
  /** All that match, in the kernel's order: the newest first, and the first that is on is taken. */
  readonly handlers: readonly JudgedHandler[];
  /** Where programs of the architecture run. */
  readonly works: { readonly here: boolean; readonly chroot: boolean; readonly container: boolean };
  /** What a tiny program in an empty chroot did; `untried` where no `exec` was given. */
  readonly trial: Trial;
  /** One line for people. */
  readonly detail: string;
  /** Commands for a root shell that would mend it. */
  readonly fix?: readonly string[];
}

/** What handlers and a trial tell of it. */
export type StateFound = Pick<BinfmtStatus, "state" | "detail" | "fix" | "handler">;

/** Whether a build can rely on it. */
export function runs({ state }: Pick<BinfmtStatus, "state">): boolean {
  return state === "native" || state === "usable";
}
