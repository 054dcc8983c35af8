import { parseAutoboot } from "@pibuild/pi-boot";
import { type CrashState, crashStates } from "../crash/crash-states.ts";
import { judge } from "../crash/judge.ts";
import { autobootOffset } from "./fat-volume.ts";
import type { Recording } from "./recording.ts";
import type { End, Scenario, Version } from "./scenarios.ts";

export interface Verdict {
  /** States of the device that were looked at. */
  readonly points: number;
  /** The first thing that is wrong: with a state, or with how it ended. */
  readonly violation?: string;
}

/** Cuts the power at every point of a recording, and then looks at how it ended without a cut. */
export function tryAll(scenario: Scenario, recording: Recording, draws: number): Verdict {
  const { log, partitions, files, world, exitCode, stderr } = recording;
  let points = 0;
  /** What was not flushed when it ended is not done. */
  let end: CrashState | undefined;
  for (const state of crashStates(log, { partitions, files, draws })) {
    points++;
    const violation = judge(state, world);
    if (violation !== undefined)
      return { points, violation: `${violation} (${where(state, recording)})` };
    if (state.after === log.length) end ??= state;
  }
  const ended = JSON.stringify({ exitCode, ...(end === undefined ? {} : endOf(end)) });
  const { boots, pending, floor } = scenario.ends;
  const wanted = JSON.stringify({ exitCode: scenario.ends.exitCode, boots, pending, floor });
  return ended === wanted ? { points } : { points, violation: `it ended with ${ended} ${stderr}` };
}

function endOf({ partitions, files }: CrashState): Omit<End, "exitCode"> {
  const { boot } = parseAutoboot(partitions.common.subarray(autobootOffset, autobootOffset + 512));
  const value = (file: string, key: string) =>
    new RegExp(`^${key}=(.+)$`, "m").exec(files.get(`.kn86/${file}`)?.toString() ?? "")?.[1];
  const [pending, floor] = [value("pending", "SLOT"), value("floor", "VERSION")];
  return {
    boots: boot === 2 ? "a" : "b",
    ...(pending === undefined ? {} : { pending: pending as "a" | "b" }),
    ...(floor === undefined ? {} : { floor: floor as Version }),
  };
}

function where({ after, how }: CrashState, { log }: Recording): string {
  const last = log[after - 1];
  const shown = JSON.stringify(last, (key, value) => (key === "data" ? value.data.length : value));
  return `after ${after} of ${log.length}, ${shown}: ${how}`;
}
