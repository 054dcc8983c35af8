import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stagesAfterExport, upstreamStages } from "../src/upstream-stages.ts";

const workspace = "/w";
const entry = (name: string) => ({ name, path: join(workspace, name), at: { file: "image.yaml" } });
const image = (exports: readonly string[], isDefault?: true) => ({
  workspace,
  stages: ["pi-gen/stage0", "stages/own"].map(entry),
  exportStages: exports.map((name) => ({ ...entry(name), ...(isDefault && { isDefault }) })),
});
const first = ["pi-gen/stage0", "stages/own"];
const order = (...given: Parameters<typeof image>) =>
  upstreamStages(image(...given)).map(({ name }) => name);

describe("build.sh's list of an image's stages", () => {
  const usual = ["stages/partitions", "pi-gen/export-image"];

  test("ends with those that come after pi-gen's export", () => {
    const after = ["stages/a", "stages/b"];
    expect(order([...usual, ...after])).toEqual([...first, ...after]);
    expect(order(["pi-gen/export-image", "stages/a"])).toEqual([...first, "stages/a"]);
  });

  test("has none of the default export, nor of one that is the same", () => {
    expect(order(["stages/partitions", "stages/export"], true)).toEqual(first);
    expect(order(["stages/partitions", "pi-gen/export-image", "stages/slots"], true)).toEqual(
      first,
    );
    expect(order(usual)).toEqual(first);
  });

  test.for([
    ["stages/export"],
    ["stages/partitions", "stages/export", "stages/a"],
    ["stages/a", "pi-gen/export-image"],
    ["pi-gen/export-image", "stages/partitions"],
    ["pi-gen/export-image", "pi-gen/stage3"],
  ])("cannot be had for %j", (exports) => {
    expect(stagesAfterExport(image(exports))).toBeUndefined();
    expect(order(exports)).toEqual(first);
  });
});
