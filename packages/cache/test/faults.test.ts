import { join } from "node:path";
import { createExec, type EventBody, programsFor } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { expect } from "vitest";

const onSteps = needs("root", "docker-registry", ...programsFor("steps"));
const script = join(import.meta.dirname, "scripts/fault-builds.ts");
const steps = ["stage/prerun", "stage/00-first", "stage/01-second", "stage/02-last"];

interface FaultBuild {
  readonly name: string;
  readonly expected: "used" | "local" | "refused" | "not sent";
  /** Whether its layers are those of a build that shares nothing. */
  readonly right: boolean;
  readonly ran: readonly string[];
  readonly events: readonly EventBody[];
}

// With `PIBUILD_CACHE_FAULTS=all` each fault meets each place where it shows itself.
onSteps(
  "whatever is wrong with the cache, a build ends right from local work, and says what it was",
  async () => {
    const { PIBUILD_CACHE_FAULTS = "" } = process.env;
    const { stdout } = await createExec().run({
      program: "unshare",
      env: { PIBUILD_CACHE_FAULTS },
      args: [
        ...["--mount", "--propagation", "private", "node", "--conditions=@pibuild/source"],
        script,
      ],
    });
    const builds = stdout.split("\n").map((line) => JSON.parse(line) as FaultBuild);
    expect(builds.length).toBeGreaterThanOrEqual(PIBUILD_CACHE_FAULTS === "all" ? 50 : 25);
    for (const { name, expected, right, ran, events } of builds) {
      const types = new Set(events.map(({ type }) => type));
      const said = { failed: types.has("cache-failed"), refused: types.has("cache-refused") };
      expect([name, right], name).toEqual([name, true]);
      if (expected === "used")
        expect([name, said.failed, said.refused]).toEqual([name, false, false]);
      if (expected === "refused") expect([name, ran, said.refused]).toEqual([name, steps, true]);
      if (expected === "not sent") expect([name, said.failed]).toEqual([name, true]);
    }
  },
  1_800_000,
);
