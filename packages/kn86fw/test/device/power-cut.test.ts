import { chmod, readFile } from "node:fs/promises";
import { needs } from "@pibuild/test-kit";
import { expect } from "vitest";
import { createRig } from "../rig.ts";
import { updater } from "./machine.ts";
import { type Mutant, mutants } from "./mutants.ts";
import { record, scenarioPayloads } from "./recording.ts";
import { scenarios } from "./scenarios.ts";
import { tryAll } from "./try-all.ts";

/** The updater with all edits, each of which must have had its place. */
async function mutate({ name, edits }: Mutant): Promise<string> {
  return edits.reduce(
    (text, [from, to]) => {
      if (text.split(from).length !== 2) throw new Error(`${name}: not there once: ${from}`);
      return text.replace(from, () => to);
    },
    await readFile(updater, "utf8"),
  );
}

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
  "every mutant of the updater is caught",
  async () => {
    await using rig = await createRig();
    const payloads = await scenarioPayloads(rig);
    const alive: string[] = [];
    for (const mutant of mutants) {
      const program = await rig.write("mutant.sh", await mutate(mutant));
      await chmod(program, 0o755);
      const scenario = scenarios[mutant.scenario];
      const { violation } = tryAll(scenario, await record(scenario, payloads, program), 60);
      if (violation === undefined) alive.push(mutant.name);
      if (process.env.PIBUILD_TEST_VERBOSE) process.stdout.write(`${mutant.name}: ${violation}\n`);
    }
    process.stdout.write(
      `kn86-update: ${mutants.length - alive.length} of ${mutants.length} mutants caught\n`,
    );
    expect(alive).toEqual([]);
  },
  20 * minutes,
);
