import { models, planBoot } from "@pibuild/pi-boot";
import { describe, expect, test } from "vitest";
import { memoryVolume } from "./memory-volume.ts";

/** Whether a setting counts for a model that boots, below filters; undefined where nobody can tell. */
async function counts(
  filters: string,
  { model = "pi4", partition = 1, tryboot = false } = {},
): Promise<boolean | undefined> {
  const found = models.find(({ name }) => name === model);
  if (found === undefined) throw new Error(model);
  const lines = filters === "" ? "" : `${filters.split(" ").join("\n")}\n`;
  const volume = memoryVolume({ "config.txt": `${lines}cmdline=mine.txt\n` });
  const plan = await planBoot(volume, { model: found, partition, tryboot }, true);
  if (plan.undecided.length > 0) return undefined;
  return plan.cmdline.path === "mine.txt";
}

/** Models by the filters that hold for them: config_txt.html, "Model filters". */
test.each([
  ["pi0", "pi0 pi0w pi02"],
  ["pi0w", "pi0w pi02"],
  ["pi02", "pi02"],
  ["pi1", "pi1 cm1"],
  ["pi2", "pi2"],
  ["pi3", "pi3 pi3+ cm3 cm3+"],
  ["pi3+", "pi3+"],
  ["cm3", "cm3 cm3+"],
  ["pi4", "pi4 pi400 cm4 cm4s"],
  ["pi400", "pi400"],
  ["cm4", "cm4"],
  ["cm4s", "cm4s"],
  ["pi5", "pi5 pi500 cm5"],
  ["pi500", "pi500"],
  ["cm5", "cm5"],
  ["board-type=0x14", "cm4"],
  ["board-type=17", "pi4"],
  ["PI4", "pi4 pi400 cm4 cm4s"],
])("[%s] is for %s", async (filter, expected) => {
  const held: string[] = [];
  for (const { name } of models) if (await counts(`[${filter}]`, { model: name })) held.push(name);
  expect(held.join(" ")).toBe(expected);
});

describe("filters", () => {
  test.each<[string, string, boolean | undefined, object]>([
    ["none is everybody", "", true, {}],
    ["[none] is nobody", "[none]", false, {}],
    ["[none] stays until [all]", "[none] [pi4]", false, {}],
    ["[all] takes all of them back", "[none] [pi5] [gpio4=1] [all]", true, {}],
    ["one of a kind replaces the one before", "[pi5] [pi4]", true, {}],
    ["those of different kinds hold together", "[pi4] [tryboot]", false, {}],
    ["those of different kinds hold together", "[pi4] [tryboot]", true, { tryboot: true }],
    ["[tryboot] is a test", "[tryboot]", false, {}],
    ["[tryboot] is a test", "[tryboot]", true, { tryboot: true }],
    ["one that nobody knows is another board", "[pi9]", false, {}],
    ["one that nobody knows is another board", "[pi9] [pi4]", true, {}],
    ["the EEPROM's own is passed over", "[config.txt]", false, {}],
    ["a display's port keeps nothing from counting", "[HDMI:1]", true, {}],
    ["a monitor is known at the start", "[EDID=DEL-DELL_U2422H]", undefined, {}],
    ["a serial number is known at the start", "[0x12345678]", undefined, {}],
    ["a pin is known at the start", "[gpio4=1]", undefined, {}],
    ["and is not asked for where another one fails", "[gpio4=1] [pi5]", false, {}],
    ["a counter is known at the start", "[boot_count>2]", undefined, {}],
    ["so is a variable of the EEPROM", "[bootvar0&0x10]", undefined, {}],
    ["the partition that starts is compared", "[boot_partition=3]", false, { partition: 2 }],
    ["the partition that starts is compared", "[boot_partition=3]", true, { partition: 3 }],
    ["by an order", "[boot_partition>2]", true, { partition: 3 }],
    ["by an order", "[boot_partition<2]", false, { partition: 3 }],
    ["by a mask", "[boot_partition&0x2]", true, { partition: 3 }],
    ["by a mask and a value", "[boot_partition&0x2=1]", false, { partition: 3 }],
    ["nobody asked for a partition", "[partition=62]", false, {}],
    ["nobody asked for a partition", "[partition=0]", true, {}],
    ["an expression replaces another", "[boot_partition=9] [partition=0]", true, {}],
    ["a number that is none compares with nothing", "[boot_partition=x]", false, {}],
  ])("%s: %s", async (_name, filters, expected, boot) => {
    expect(await counts(filters, boot)).toBe(expected);
  });
});
