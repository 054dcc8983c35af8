import { runNx } from "@pibuild/nx";
import { runTurbo } from "@pibuild/turbo";

/** What may order an image's tasks. What is fresh, pibuild decides, whoever asks. */
export const engines = {
  nx: { run: runNx, log: "nx.log" },
  turbo: { run: runTurbo, log: "turbo.log" },
} as const;

export type EngineName = keyof typeof engines;
