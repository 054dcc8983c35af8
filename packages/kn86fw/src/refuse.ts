import { type PayloadRefusal, PibuildError } from "@pibuild/core";

/** Ends it with one of the words of docs/kn86fw.md; `problem` says what is so, without a full stop. */
export function refuse(payload: string, refusal: PayloadRefusal, problem: string): never {
  throw new PibuildError("PAYLOAD_REFUSED", { payload, refusal, problem });
}

/** For what builds and signs: what was given cannot be used. */
export function unusable(problem: string, hint: string): never {
  throw new PibuildError("PAYLOAD_INPUT", { problem, hint });
}
