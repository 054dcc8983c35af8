import { chmod, readFile } from "node:fs/promises";
import { parseAutoboot } from "@pibuild/config";
import { needs } from "@pibuild/test-kit";
import { expect } from "vitest";
import { crashStates } from "../crash/crash-states.ts";
import { judge } from "../crash/judge.ts";
import { createRig } from "../rig.ts";
import { autobootOffset } from "./fat-volume.ts";
import { updater } from "./machine.ts";
import { type Mutant, mutants } from "./mutants.ts";
import { type Recording, record, type Scenario, scenarioPayloads, scenarios } from "./scenarios.ts";

interface Verdict {
  /** States of the device that were looked at. */
  readonly points: number;
  /** The first thing that is wrong: with a state, or with how it ended. */
  readonly violation?: string;
}

/** Cuts the power at every point of a recording, and then looks at how it ends without a cut. */
function tryAll(scenario: Scenario, recording: Recording, draws: number): Verdict {
  const { log, world, exitCode, stderr, ...before } = recording;
  let points = 0;
  for (const state of crashStates(log, { ...before, draws })) {
    points++;
    const violation = judge(state, world);
    if (violation !== undefined) {
      const operation = JSON.stringify(log[state.after - 1], (key, value) =>
        key === "data" ? undefined : value,
      );
      return {
        points,
        violation: `${violation} (after ${state.after}, ${operation}: ${state.how})`,
      };
    }
  }
  const { ends } = scenario;
  // What was not flushed when it ended is not done.
  const [end] = [...crashStates(log, { ...before, draws: 0 })].filter(
    ({ after }) => after === log.length,
  );
  if (end === undefined || exitCode !== ends.exitCode)
    return { points, violation: `it ended with ${exitCode}: ${stderr}` };
  const text = (name: string) => end.files.get(`.kn86/${name}`)?.toString() ?? "";
  const found = {
    boots: { 2: "a", 3: "b" }[
      parseAutoboot(end.partitions.common.subarray(autobootOffset, autobootOffset + 512)).boot
    ],
    pending: /^SLOT=(.)$/m.exec(text("pending"))?.[1],
    floor: /^VERSION=(.+)$/m.exec(text("floor"))?.[1],
  };
  const wanted = { boots: ends.boots, pending: ends.pending, floor: ends.floor };
  if (JSON.stringify(found) === JSON.stringify(wanted)) return { points };
  return { points, violation: `it ended with ${JSON.stringify(found)}` };
}

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
    for (const scenario of Object.values(scenarios)) {
      const recording = await record(scenario, payloads);
      const { points, violation } = tryAll(scenario, recording, 250);
      expect(violation, scenario.name).toBeUndefined();
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
