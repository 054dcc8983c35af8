import { type FingerprintData, fingerprintOf, type NewRecord } from "../src/index.ts";

/** What a build would say of the step with this number. */
export function entryFor(number: number, settings: FingerprintData["settings"] = {}): NewRecord {
  const inputs: FingerprintData = {
    format: 1,
    parent: null,
    step: `base/${number}-step`,
    files: [],
    settings,
    arch: "arm64",
    release: "trixie",
    sourceDateEpoch: 1_700_000_000,
    scripts: "",
    normalisation: "",
    tools: {},
  };
  const fingerprint = fingerprintOf(inputs);
  return { fingerprint, image: "kn86", step: inputs.step, inputs, durationMs: 1 };
}
