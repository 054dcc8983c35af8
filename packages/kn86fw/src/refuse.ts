import { PibuildError } from "@pibuild/core";
import { type PayloadRefusal, refusalHints } from "./refusals.ts";

/** Ends it with one of the words of docs/kn86fw.md; `problem` says what is so, without a full stop. */
export function refuse(payload: string, refusal: PayloadRefusal, problem: string): never {
  const hint = refusalHints[refusal];
  throw new PibuildError("PAYLOAD_REFUSED", { payload, refusal, problem, hint });
}

/** For what builds and signs: what was given cannot be used. */
export function unusable(problem: string, hint: string): never {
  throw new PibuildError("PAYLOAD_INPUT", { problem, hint });
}
