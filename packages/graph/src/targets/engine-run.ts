import { buildVariable } from "../open/open-image.ts";

/** What an engine is asked for: one target of an image, and all before it. */
export interface EngineRun {
  readonly workspace: string;
  readonly image: string;
  readonly target: string;
  /** NDJSON file to which the tasks append their events. */
  readonly events: string;
  /** The process without which tasks stop, see PIBUILD_OWNER. */
  readonly owner: string;
  /** A file whose appearance stops the tasks, see PIBUILD_STOP. */
  readonly stopFile: string;
  /** What no other build is called: see `RunContext`. */
  readonly build: string;
  readonly env: NodeJS.ProcessEnv;
  /** What the engine prints. */
  readonly logFile: string;
}

/** The environment in which an engine runs, so that its tasks report and stop as they are asked to. */
export function engineEnvironment(run: EngineRun): Record<string, string> {
  const { env, events, owner, stopFile, build } = run;
  const defined = Object.entries(env).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  return {
    ...Object.fromEntries(defined),
    PIBUILD_EVENTS: events,
    PIBUILD_OWNER: owner,
    PIBUILD_STOP: stopFile,
    [buildVariable]: build,
  };
}
