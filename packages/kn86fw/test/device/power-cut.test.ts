import { needs } from "@pibuild/test-kit";
import { expect } from "vitest";
import { createRig } from "../rig.ts";
import { mutants } from "./mutants.ts";
import { record, scenarioPayloads } from "./recording.ts";
import { scenarios } from "./scenarios.ts";
import { tryAll } from "./try-all.ts";
import { unnoticed } from "./try-mutants.ts";

const minutes = 60_000;

needs("strace")(
  "wherever the power goes, an old or a new system boots, and nothing is half remembered",
  async () => {
    await using rig = await createRig();
    const payloads = await scenarioPayloads(rig);
    let total = 0;
    for (const [name, scenario] of Object.entries(scenarios)) {
      const recording = await record(scenario, payloads);
      const { points, violation } = tryAll(scenario, recording, 250);
      expect(violation, name).toBeUndefined();
      total += points;
    }
    process.stdout.write(
      `kn86-update: ${total} crash points tried in ${Object.keys(scenarios).length} runs\n`,
    );
    expect(total).toBeGreaterThan(20_000);
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
