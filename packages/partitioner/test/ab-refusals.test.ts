import { readdir } from "node:fs/promises";
import { isPibuildError } from "@pibuild/core";
import { boards, tableKinds } from "@pibuild/pi-boot";
import { needs } from "@pibuild/test-kit";
import { describe, expect, test } from "vitest";
import { checkBoard } from "../src/layout/check-board.ts";
import { abLayout, cmdline, createAbRig } from "./ab-rig.ts";
import { diskTools, MiB } from "./rig.ts";

const it = needs(...diskTools, "bash");

type Rig = Awaited<ReturnType<typeof createAbRig>>;
type Options = Parameters<Rig["assemble"]>[0];

/** Expects LAYOUT_INVALID about a partition before any program ran, and that nothing is left. */
async function refusal(rig: Rig, role: string | undefined, options: Options = {}) {
  const before = await readdir(rig.path);
  const exec = { run: () => Promise.reject(new Error("a program ran")) };
  const error = await rig.assemble({ exec, ...options }).catch((reason: unknown) => reason);
  if (!isPibuildError(error, "LAYOUT_INVALID")) throw error;
  expect(error.data.partition).toBe(role);
  expect(await readdir(rig.path)).toEqual(before);
  return error.data.problem;
}

describe("before anything is written, an A/B disk refuses", () => {
  it("a root filesystem that does not fit its slot", async () => {
    await using rig = await createAbRig();
    await rig.shell("truncate -s 40M root/usr/lib.so");
    expect(await refusal(rig, "root-a")).toContain("it has 32.0 MiB");
  });

  it("a boot filesystem of more than 256 MB", async () => {
    await using rig = await createAbRig();
    await rig.shell("truncate -s 250M boot/initramfs8; truncate -s 10M boot/kernel8.img");
    const problem = await refusal(rig, "boot-a", { sizes: {}, diskBytes: 2048 * MiB });
    expect(problem).toMatch(/^its content needs 260.0 MiB, it has room for 25\d.\d MiB$/);
  });

  it("a disk that is too small", async () => {
    await using rig = await createAbRig();
    const problem = await refusal(rig, undefined, { sizes: {}, diskBytes: 1096 * MiB });
    expect(problem).toBe("a disk of 1.1 GiB leaves no room for `root-a` and `root-b`");
  });

  it("clusters that autoboot.txt would not fill alone", async () => {
    await using rig = await createAbRig();
    const sizes = { common: 32 * MiB };
    expect(await refusal(rig, "common", { sizes })).toContain("65525 clusters (about 34 MiB)");
  });

  it("an autoboot.txt of somebody else", async () => {
    await using rig = await createAbRig();
    await rig.write({ "common/Autoboot.txt": "" });
    expect(await refusal(rig, "common")).toContain("pibuild writes that file itself");
  });

  it("files in what slots share", async () => {
    await using rig = await createAbRig();
    await rig.write({ "root/home/shared/deck": "" });
    expect(await refusal(rig, "root-a")).toContain("would hide `/home/shared/deck`");
  });

  it("a size for slot B, which has slot A's", async () => {
    await using rig = await createAbRig();
    expect(await refusal(rig, "root-b", { sizes: { "root-b": MiB } })).toContain("of its own");
  });

  it("a partition without a source", async () => {
    await using rig = await createAbRig();
    expect(await refusal(rig, "common", { sources: {} })).toContain("no directory is given for it");
  });

  it("a board that would not start from it", async () => {
    await using rig = await createAbRig("gpt");
    const problem = await refusal(rig, undefined, { board: "zero2w" });
    expect(problem).toContain("`zero2w` does not boot from a `gpt` table: its boot ROM");
    expect(problem).toContain("(it takes mbr, gpt-hybrid)");
  });

  const line = cmdline(abLayout("gpt-hybrid"));
  const cases: [string, string, RegExp][] = [
    ["is not there", "", /has 0 bytes; a slot's has 512/],
    ["is not padded", `${line.trim()}\n`, /bytes; a slot's has 512/],
    ["has two lines", line.replace("console", "\nonsole"), /not one line/],
    ["has no line break", line.replace("\n", " "), /not one line/],
    ["names no root", line.replace("root=", "Root="), /slot A's root once/],
    ["names another root", line.replace(/-.{12} /, "-000000000000 "), /slot A's root once/],
  ];
  for (const [name, text, message] of cases) {
    it(`a cmdline.txt that ${name}`, async () => {
      await using rig = await createAbRig();
      await rig.write({ "boot/cmdline.txt": text });
      expect(await refusal(rig, "boot-a")).toMatch(message);
    });
  }
});

test("of all boards and tables, only GPTs on boards without EEPROM are refused", () => {
  const refused = boards.flatMap((board) =>
    tableKinds.flatMap((table) => {
      try {
        checkBoard(board, table);
        return [];
      } catch {
        return [`${board}+${table}`];
      }
    }),
  );
  expect(refused).toEqual(["zero2w+gpt", "pi3+gpt"]);
});
