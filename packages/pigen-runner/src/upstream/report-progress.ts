import { basename } from "node:path";
import type { Emit } from "@pibuild/core";
import { createLogReader } from "./read-log.ts";

/** Seconds that each stage and step took, by `<stage>` and `<stage>/<step>`. */
export type Times = Record<string, number>;

export interface Progress {
  readonly sees: (line: string) => void;
  /** What has begun last and not ended; undefined before the first stage. */
  readonly current: () => string | undefined;
  readonly times: Times;
}

/** Turns pi-gen's log into events, stage by stage and step by step. */
export function reportProgress(stages: readonly string[], emit: Emit): Progress {
  const read = createLogReader();
  const begun: { name: string; seconds: number }[] = [];
  const times: Times = {};
  const end = (name: string, seconds: number) => {
    const index = begun.findLastIndex((entry) => entry.name === name);
    const [entry] = index === -1 ? [] : begun.splice(index);
    if (entry === undefined || name.split("/").length > 2) return;
    times[name] = seconds - entry.seconds;
    emit({ type: "phase-finished", phase: name, durationMs: times[name] * 1000 });
  };
  return {
    times,
    current: () => begun.at(-1)?.name,
    sees(line) {
      const mark = read(line);
      const name = mark && nameOf(stages, mark.path);
      if (mark === undefined || name === undefined) return;
      if (mark.what === "End") return end(name, mark.seconds);
      begun.push({ name, seconds: mark.seconds });
      const [stage, step, file] = name.split("/");
      if (file !== undefined)
        emit({ type: "action-started", step: `${stage}/${step}`, action: file });
      else emit({ type: "phase-started", phase: name });
    },
  };
}

/** `<stage>/<step>/<file>` of a path below one of the stages. */
function nameOf(stages: readonly string[], path: string): string | undefined {
  const stage = stages.find((candidate) => path === candidate || path.startsWith(`${candidate}/`));
  return stage === undefined ? undefined : basename(stage) + path.slice(stage.length);
}
