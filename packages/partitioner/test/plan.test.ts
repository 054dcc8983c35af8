import { PibuildError } from "@pibuild/core";
import { tableKinds } from "@pibuild/pi-boot";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkPlan } from "../src/layout/check-plan.ts";
import type { DiskPlan } from "../src/layout/disk-plan.ts";
import type { Layout } from "../src/layout/layout.ts";
import { layoutDigest } from "../src/layout/layout-digest.ts";
import { layouts } from "../src/layout/layouts.ts";
import { planDisk } from "../src/layout/plan.ts";
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

describe("a plan for a disk of a given size", () => {
  const sizes = (plan: DiskPlan) =>
    plan.partitions.map(({ number, sizeBytes }) => [number, sizeBytes / MiB]);

  test("gives each root of an A/B disk half of what the others leave", () => {
    const plan = planDisk(layouts.ab6, { diskBytes: 4 * GiB });
    expect(plan.sizeBytes).toBe(4 * GiB);
    expect(sizes(plan)).toEqual([
      [1, 64],
      [2, 256],
      [3, 256],
      [4, 1500],
      [5, 1500],
      [6, 512],
    ]);
  });

  test("leaves room in an MBR for the sectors that describe logical partitions", () => {
    const plan = planDisk({ ...layouts.ab6, table: "mbr" }, { diskBytes: 4 * GiB });
    expect(sizes(plan).slice(3)).toEqual([
      [5, 1492],
      [6, 1492],
      [7, 512],
    ]);
  });

  test("gives the root of the standard layout the rest", () => {
    const plan = planDisk(layouts.standard, { diskBytes: 1024 * MiB });
    expect(sizes(plan)).toEqual([
      [1, 512],
      [2, 508],
    ]);
  });

  test.each([
    ["too small", 1100 * MiB, "leaves no room for `root-a` and `root-b`"],
    ["no whole number of sectors", 4 * GiB + 1, "no whole number of sectors"],
    ["no number", Number.NaN, "leaves no room"],
  ])("refuses one that is %s", (_name, diskBytes, message) => {
    expect(() => planDisk(layouts.ab6, { diskBytes })).toThrow(message);
  });

  test("keeps the rules for any size, layout and table", () => {
    const layout = fc.constantFrom<Layout>(layouts.standard, layouts.ab6);
    fc.assert(
      fc.property(
        layout,
        fc.constantFrom(...tableKinds),
        fc.integer({ min: 2_300_000, max: 2 ** 32 }),
        (base, table, sectors) => {
          const plan = planDisk({ ...base, table }, { diskBytes: sectors * 512 });
          const ends = plan.partitions.map(({ startBytes, sizeBytes }) => startBytes + sizeBytes);
          expect(Math.max(...ends)).toBeLessThanOrEqual(sectors * 512);
          const free = sectors * 512 - Math.max(...ends);
          expect(free).toBeLessThan(20 * MiB);
        },
      ),
    );
  });
});

describe("the digest of a layout", () => {
  const digest = (layout: Layout, diskBytes = 4 * GiB) =>
    layoutDigest(planDisk(layout, { diskBytes }));

  test("is what it was in the first release: cards in the field compare it", () => {
    expect(digest(layouts.ab6)).toMatchInlineSnapshot(
      `"49ef098db0cb619b748670b1f49c62c7ff00f872a1091e4ea0a544f72dd3e63f"`,
    );
  });

  test("changes with table, size and order, and with nothing that an update does not care for", () => {
    const { partitions } = layouts.ab6;
    const labelled = partitions.map((spec) => ({ ...spec, label: "X", idsFrom: "y" }));
    expect(digest({ ...layouts.ab6, name: "other", partitions: labelled })).toBe(
      digest(layouts.ab6),
    );
    const others = [
      digest(layouts.ab6),
      digest({ ...layouts.ab6, table: "mbr" }),
      digest({ ...layouts.ab6, table: "gpt" }),
      digest(layouts.ab6, 4 * GiB + 8 * MiB),
      digest({
        ...layouts.ab6,
        partitions: partitions.map((one) => ({ ...one, label: "x" })).slice(0, 4),
      }),
    ];
    expect(new Set(others).size).toBe(others.length);
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
