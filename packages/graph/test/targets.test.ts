import type { Image } from "@pibuild/config";
import { describe, expect, test } from "vitest";
import { checkTargets } from "../src/targets/check-targets.ts";
import { dependentsOf } from "../src/targets/lock-outputs.ts";
import { everything, targetOf, targetsOf } from "../src/targets/registry.ts";
import type { FileTarget } from "../src/targets/target.ts";

const entry = (name: string, column = 1) => ({
  ...{ name: `stages/${name}`, path: `/w/stages/${name}` },
  at: { file: "image.yaml", line: 1, column },
});
const image = (over: Partial<Image> = {}) =>
  ({
    ...{ name: "pi", fileName: "pi", stages: [entry("base")], exportStages: [entry("export")] },
    ...over,
  }) as Image;
const payload = { compatible: "x" } as unknown as NonNullable<Image["payload"]>;
const files = (name: string, over: Partial<FileTarget> = {}): FileTarget => ({
  ...{ kind: "files", name, brief: name, after: [], needsRoot: false, isDefault: false },
  ...{ outputs: () => [name], inputs: async () => ({}), make: async () => [] },
  ...over,
});
const after = (targets: readonly { name: string; after: readonly string[] }[]) =>
  Object.fromEntries(targets.map((target) => [target.name, target.after]));

test("an image's targets are its stages in a chain, its disk, and side by side what is made of that", () => {
  expect(after(targetsOf(image({ payload })))).toEqual({
    ...{ binfmt: [], base: ["binfmt"], export: ["base"], disk: ["export"] },
    ...{ artifacts: ["disk"], payload: ["disk"], upstream: ["binfmt"] },
    ...{ deployed: ["export", "disk"], [everything]: ["artifacts", "deployed", "payload"] },
  });
  expect(after(targetsOf(image()))).not.toHaveProperty("payload");
});

test("a new disk takes away what was made from the old one, and compressing takes nothing away", () => {
  const targets = targetsOf(image({ payload }));
  const names = (name: string) =>
    dependentsOf(targetOf(image({ payload }), name), targets).map((target) => target.name);
  expect(names("disk")).toEqual(["artifacts", "deployed", "payload"]);
  expect(names("artifacts")).toEqual([]);
});

describe("no graph", () => {
  const broken = (...targets: readonly FileTarget[]) => {
    try {
      checkTargets(image(), targets);
    } catch (error) {
      return String(error instanceof Error ? error.message : error);
    }
    return "none";
  };

  test("is what names an unknown target, itself in a circle, or one name twice", () => {
    expect(broken(files("a", { after: ["b"] }))).toContain("`a` runs after `b`, which is none");
    expect(
      broken(
        files("a", { after: ["b"] }),
        files("b", { after: ["c"] }),
        files("c", { after: ["a"] }),
      ),
    ).toContain("each runs after the next: a, b, c, a");
    expect(broken(files("a"), files("a"))).toContain("there are two targets `a`");
  });

  test("is one in which two targets write one file", () => {
    const same = { outputs: ({ fileName }: Image) => [`${fileName}.img`] };
    expect(broken(files("a", same), files("b", same))).toContain("`a` and `b` both write `pi.img`");
  });
});

test("a stage cannot have the name of another target", () => {
  const stages = [entry("base"), entry("disk", 30)];
  expect(() => targetsOf(image({ stages }))).toThrow("a stage cannot be called `disk`");
  expect(() => targetsOf(image({ stages: [entry("all")] }))).toThrow("cannot be called `all`");
  const results = "cannot be called `deploy`: `deployed` makes something of that name";
  expect(() => targetsOf(image({ stages: [entry("deploy")] }))).toThrow(results);
});
