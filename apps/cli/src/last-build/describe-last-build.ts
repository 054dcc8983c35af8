import { formatDuration } from "@pibuild/core";
import { countSteps } from "../reporters/describe-outcome.ts";
import type { LastBuild, LastRun } from "./read-last-build.ts";

/** What the last build did for one step or target, in a line; undefined for one that it did not reach. */
export function describeLastRun({ at, runs }: LastBuild, id: string): string | undefined {
  const run = runs.get(id);
  return run === undefined ? undefined : `last build (${shownTime(at)}): ${describeRun(run)}`;
}

/** All that the last build ran, with the reasons, and how much of it was cached. */
export function describeLastBuild(image: string, { at, runs }: LastBuild): string[] {
  const all = [...runs];
  const steps = all.filter(([name]) => name.includes("/"));
  const cached = steps.filter(([, { outcome }]) => outcome === "cached").length;
  const ran = all.filter(([, { outcome }]) => outcome !== "cached");
  const width = Math.max(0, ...ran.map(([name]) => name.length));
  return [
    `last build of ${image} (${shownTime(at)}): ${countSteps({ steps: steps.length, cached })}`,
    ...ran.map(([name, run]) => `${name.padEnd(width)}  ${describeRun(run)}`),
  ];
}

function describeRun({ outcome, why, durationMs }: LastRun): string {
  if (outcome === "cached") return "cached";
  const took =
    durationMs === undefined
      ? ""
      : ` ${{ ran: "in", failed: "after", stopped: "after" }[outcome]} ${formatDuration(durationMs)}`;
  return `${outcome}${took} (${why ?? "no reason was recorded"})`;
}

/** Local time, as `2026-11-20 15:52`. */
function shownTime(milliseconds: number): string {
  return new Date(milliseconds).toLocaleString("sv-SE").slice(0, 16);
}
