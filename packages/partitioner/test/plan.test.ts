import { PibuildError } from "@pibuild/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { layouts, planDisk } from "../src/index.ts";
import { checkPlan } from "../src/layout/check-plan.ts";
import { MiB } from "./rig.ts";

const content = fc.integer({ min: 0, max: 2 ** 40 });
const size = fc.option(fc.integer({ min: 1, max: 2 ** 38 }), { nil: undefined });
const GiB = 1024 * MiB;

describe("a plan", () => {
  test("keeps partitions aligned, in order, apart, and inside the disk", () => {
    fc.assert(
      fc.property(content, size, size, (bytes, boot, root) => {
        const sizes = { ...(boot && { boot }), ...(root && { root }) };
        const plan = planDisk(layouts.standard, { contentBytes: { root: bytes }, sizes });
        let end = 4 * MiB;
        for (const { startBytes, sizeBytes } of plan.partitions) {
          expect(startBytes % (4 * MiB)).toBe(0);
          expect(sizeBytes % (4 * MiB)).toBe(0);
          expect(startBytes).toBe(end);
          end = startBytes + sizeBytes;
        }
        expect(plan.sizeBytes).toBe(end);
      }),
    );
  });

  test("gives each partition what was asked for, and less than one unit more", () => {
    fc.assert(
      fc.property(content, size, (bytes, root) => {
        const plan = planDisk(layouts.standard, {
          contentBytes: { root: bytes },
          sizes: root === undefined ? {} : { root },
        });
        const wanted = root ?? bytes + Math.ceil(bytes * 0.2) + 200 * MiB;
        const given = plan.partitions[1]?.sizeBytes ?? 0;
        expect(given).toBeGreaterThanOrEqual(wanted);
        expect(given - wanted).toBeLessThan(4 * MiB);
      }),
    );
  });

  test("of the standard layout is Raspberry Pi OS's", () => {
    const { partitions, sizeBytes } = planDisk(layouts.standard, { contentBytes: { root: GiB } });
    expect(
      partitions.map((p) => [p.number, p.spec.role, p.startBytes / MiB, p.sizeBytes / MiB]),
    ).toEqual([
      [1, "boot", 4, 512],
      [2, "root", 516, 1432],
    ]);
    expect(sizeBytes).toBe(1948 * MiB);
  });

  test.each<[string, Record<string, number>, RegExp]>([
    ["a disk beyond 2 TiB", { root: 2048 * GiB }, /2\.0 TiB/],
    ["a size of zero", { root: 0 }, /positive/],
    ["a size that is no whole number", { root: 1.5 }, /positive/],
    ["a size for a role that is not there", { rot: MiB }, /no such partition/],
  ])("refuses %s", (_name, sizes, message) => {
    expect(() => planDisk(layouts.standard, { contentBytes: {}, sizes })).toThrow(message);
  });

  test("takes the largest disk that an MBR can describe", () => {
    const sizes = { root: 2048 * GiB - 516 * MiB };
    expect(planDisk(layouts.standard, { contentBytes: {}, sizes }).sizeBytes).toBe(2 ** 41);
  });
});

describe("the rules for a plan", () => {
  const plan = planDisk(layouts.standard, { contentBytes: {} });
  const [boot, root] = plan.partitions;
  if (boot === undefined || root === undefined) throw new Error("the layout has two partitions");

  test.each([
    ["partitions out of disk order", { partitions: [root, boot] }],
    ["overlapping partitions", { partitions: [boot, { ...root, startBytes: 8 * MiB }] }],
    ["a start that is not aligned", { partitions: [{ ...boot, startBytes: 5 * MiB }] }],
    ["a partition over the table", { partitions: [{ ...boot, startBytes: 0 }] }],
    ["a partition behind the end", { sizeBytes: 516 * MiB }],
  ])("refuse %s", (_name, change) => {
    expect(() => checkPlan({ ...plan, ...change })).toThrow(PibuildError);
  });
});
