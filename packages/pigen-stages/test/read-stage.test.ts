import { join } from "node:path";
import { type Entry, scratchStage } from "@pibuild/test-kit";
import { describe, expect, test } from "vitest";
import { readStage } from "../src/stage/read-stage.ts";
import { listSteps } from "../src/step/step.ts";

const plain = (text = "") => ({ text, mode: 0o644 });

async function actionsOf(files: Record<string, Entry>): Promise<string[]> {
  const stage = await readStage(await scratchStage("stage", files));
  return listSteps([stage]).flatMap(({ id, actions }) =>
    actions.map(({ name }) => `${id}: ${name}`),
  );
}

describe("the actions of a stage", () => {
  test("each index asks for six kinds, in this order", async () => {
    const names = ["run-chroot.sh", "run.sh", "patches/series", "packages", "packages-nr"];
    const files = Object.fromEntries([...names, "debconf"].map((name) => [`a/05-${name}`, ""]));
    expect(await actionsOf(files)).toEqual([
      "stage/a: 05-debconf",
      "stage/a: 05-packages-nr",
      "stage/a: 05-packages",
      "stage/a: 05-patches",
      "stage/a: 05-run.sh",
      "stage/a: 05-run-chroot.sh",
    ]);
  });

  test("indices go from 00 to 99, whatever else comes first in an alphabet", async () => {
    const files = { "a/99-run.sh": "", "a/10-run.sh": "", "a/09-packages": "", "a/00-run.sh": "" };
    expect(await actionsOf(files)).toEqual([
      "stage/a: 00-run.sh",
      "stage/a: 09-packages",
      "stage/a: 10-run.sh",
      "stage/a: 99-run.sh",
    ]);
  });

  test.for([
    ["one digit", "7-run.sh"],
    ["three digits", "100-run.sh"],
    ["no number", "run.sh"],
    ["something between", "00-run-00-pre.sh"],
    ["a name of its own", "01-run-foo.sh"],
    ["another ending", "00-run.bash"],
    ["a packages file with an ending", "00-packages.txt"],
  ])("a file with %s is none", async ([, name = ""]) => {
    expect(await actionsOf({ [`a/${name}`]: "" })).toEqual([]);
  });

  test("a script needs its x bit, a chroot script does not", async () => {
    expect(await actionsOf({ "a/00-run.sh": plain(), "a/00-run-chroot.sh": plain() })).toEqual([
      "stage/a: 00-run-chroot.sh",
    ]);
  });

  test("any x bit counts, and a symlink has that of its target", async () => {
    const files = {
      "a/00-run.sh": { text: "", mode: 0o654 },
      "a/01-run.sh": { link: "00-run.sh" },
      "a/02-run.sh": { link: "nowhere" },
    };
    expect(await actionsOf(files)).toEqual(["stage/a: 00-run.sh", "stage/a: 01-run.sh"]);
  });

  test("a directory is no packages file, and a file no patches directory", async () => {
    expect(await actionsOf({ "a/00-packages": "directory/", "a/00-patches": "" })).toEqual([]);
  });
});

describe("the steps of a stage", () => {
  test("prerun.sh comes first, if it is executable", async () => {
    const files = { "prerun.sh": "", "a/00-run.sh": "" };
    expect(await actionsOf(files)).toEqual(["stage/prerun: prerun.sh", "stage/a: 00-run.sh"]);
    expect(await actionsOf({ ...files, "prerun.sh": plain() })).toEqual(["stage/a: 00-run.sh"]);
  });

  test("directories go in the order of bash's glob, hidden ones stay out", async () => {
    const names = ["9-b", "10-a", "Z", "a", "_x", ".hidden", "00-c"];
    const files = Object.fromEntries(names.map((name) => [`${name}/00-run.sh`, ""]));
    expect((await actionsOf(files)).map((line) => line.slice(6, -": 00-run.sh".length))).toEqual([
      "00-c",
      "10-a",
      "9-b",
      "Z",
      "_x",
      "a",
    ]);
  });

  test("a directory with SKIP, or without actions, is no step", async () => {
    const files = { "a/SKIP": "", "a/00-run.sh": "", "files/x": "", "b/00-run.sh": "" };
    expect(await actionsOf(files)).toEqual(["stage/b: 00-run.sh"]);
  });

  test("a stage with SKIP has none, and is PREV_STAGE of the next all the same", async () => {
    const script = { "a/00-run.sh": "" };
    const [one, two, three] = await Promise.all([
      readStage(await scratchStage("one", script)),
      readStage(await scratchStage("two", { ...script, SKIP: "" })),
      readStage(await scratchStage("three", script)),
    ]);
    const steps = listSteps([one, two, three]);
    expect(steps.map(({ id, previous, stageStart }) => [id, previous?.name, stageStart])).toEqual([
      ["one/a", undefined, 0],
      ["three/a", "two", 1],
    ]);
  });

  test("a symlinked stage goes by the name of what it leads to", async () => {
    const real = await scratchStage("real", { "a/00-run.sh": "" });
    const links = await scratchStage("links", { alias: { link: real } });
    expect(await readStage(join(links, "alias"))).toMatchObject({ name: "real", path: real });
  });
});
