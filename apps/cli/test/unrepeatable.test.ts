import { expect, test } from "vitest";
import { createJsonSummary } from "../src/reporters/json-summary.ts";
import { createUnrepeatable } from "../src/reporters/unrepeatable.ts";

test("a build's report calls steps unrepeatable that fetch besides packages, cached ones too", () => {
  const unrepeatable = createUnrepeatable();
  const summary = createJsonSummary();
  const fetches = [{ command: "curl", host: "get.example" }, { command: "pip install" }];
  for (const event of [
    { type: "step-cached", step: "a/00", fetches },
    { type: "step-cached", step: "a/01" },
    ...[
      { type: "step-finished", step: "a/02", fetches: fetches.slice(1), durationMs: 1 } as const,
    ].map((each) => ({ ...each, layer: "", layerBytes: 1 })),
  ] as const) {
    unrepeatable.report(event);
    summary.report(event);
  }
  expect(unrepeatable.lines()).toEqual([
    "a/00 is unrepeatable: `curl` from get.example, `pip install`",
    "a/02 is unrepeatable: `pip install`",
  ]);
  const { steps } = summary.finish({ image: "i", fresh: false, durationMs: 1, output: "" });
  expect(steps.map(({ step, fetches: told }) => [step, told])).toEqual([
    ["a/00", fetches],
    ["a/01", undefined],
    ["a/02", [{ command: "pip install" }]],
  ]);
});
