import { type FingerprintData, fingerprintOf, type LayerRecord } from "../src/index.ts";

/** What a build would say of the step with this number. */
export function entryFor(number: number): Omit<LayerRecord, "layer" | "version"> {
  const inputs: FingerprintData = {
    format: 1,
    parent: null,
    step: `base/${number}-step`,
    files: [],
    settings: {},
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
