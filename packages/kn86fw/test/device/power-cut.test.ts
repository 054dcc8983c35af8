import { needs } from "@pibuild/test-kit";
import { expect } from "vitest";
import { createRig } from "../rig.ts";
import { mutants } from "./mutants.ts";
import { record, scenarioPayloads } from "./recording.ts";
import { scenarios } from "./scenarios.ts";
import { tryAll } from "./try-all.ts";
import { unnoticed } from "./try-mutants.ts";

const minutes = 60_000;
/** Mixtures for each point of a run. `PIBUILD_POWER_CUT_SAMPLES=1000` tries more. */
const samples = Number(process.env.PIBUILD_POWER_CUT_SAMPLES ?? 250);

needs("strace")(
  "wherever the power goes, an old or a new system boots, and nothing is half remembered",
  async () => {
    await using rig = await createRig();
    const payloads = await scenarioPayloads(rig);
    let total = 0;
    for (const [name, scenario] of Object.entries(scenarios)) {
      const recording = await record(scenario, payloads);
      const { points, violation } = tryAll(scenario, recording, samples);
      expect(violation, name).toBeUndefined();
      total += points;
    }
    process.stdout.write(
      `kn86-update: ${total} crash points tried in ${Object.keys(scenarios).length} runs\n`,
    );
    expect(total).toBeGreaterThan(80 * samples);
  },
  10 * minutes,
);

needs("strace")(
  "of the mutants of the updater one in eight is tried, and caught",
  async () => {
    await using rig = await createRig();
    const sample = mutants.filter((_, index) => index % 8 === 0);
    expect(sample.length).toBeGreaterThan(4);
    expect(await unnoticed(rig, sample)).toEqual([]);
  },
  10 * minutes,
);
