import { type Entry, scratchStage } from "@pibuild/test-kit";
import { describe, expect, test } from "vitest";
import { readStage } from "../src/stage/read-stage.ts";
import { listSteps } from "../src/step/step.ts";
import { readStepFiles } from "../src/step/step-files.ts";

/** What a step of a stage with these files reads: paths, and whether that is all. */
async function inputsOf(files: Record<string, Entry>, id = "a") {
  const stage = await readStage(await scratchStage("stage", files));
  const step = listSteps([stage]).find((candidate) => candidate.id === `stage/${id}`);
  if (step === undefined) throw new Error(`no step ${id}`);
  const { entries, texts, unknown } = await readStepFiles(step);
  return { paths: entries.map(({ path }) => path), entries, texts, known: unknown === undefined };
}

const beside = { "b/00-run.sh": "", "files/shared": "x", EXPORT_IMAGE: "", "prerun.sh": "" };

describe("what a step reads", () => {
  test("all below its own directory, and nothing else", async () => {
    const files = { ...beside, "a/00-run.sh": "echo .. done", "a/files/deep/x": "" };
    expect(await inputsOf({ ...files, "a/00-run.sh": "install files/x" })).toMatchObject({
      paths: ["a", "a/00-run.sh", "a/files", "a/files/deep", "a/files/deep/x"],
      known: true,
    });
  });

  test.for([`cat \${STAGE_DIR}/files/shared`, "cat ../files/shared", 'cd ".."; cat files/shared'])(
    "the stage's shared files, where it reaches for them: %s",
    async (script) => {
      expect(await inputsOf({ ...beside, "a/00-run.sh": script })).toMatchObject({
        paths: ["a", "a/00-run.sh", "EXPORT_IMAGE", "files", "files/shared", "prerun.sh"],
        known: true,
      });
    },
  );

  test("another step's directory, where it names that", async () => {
    const { paths } = await inputsOf({ ...beside, "a/00-run.sh": `cat \${STAGE_DIR}/b/00-run.sh` });
    expect(paths).toContain("b/00-run.sh");
  });

  test("prerun.sh: the stage's own files, not those of its steps", async () => {
    const { paths, known } = await inputsOf({ ...beside, "a/00-run.sh": "" }, "prerun");
    expect(paths).toEqual(["EXPORT_IMAGE", "files", "files/shared", "prerun.sh"]);
    expect(known).toBe(true);
  });

  test.for([
    `cat \${BASE_DIR}/x`,
    "cat ../../x",
    'cat "$STAGE_DIR/../x"',
    `cat "\${STAGE_DIR}"/../x`,
    `cat \${PREV_STAGE_DIR}/files/x`,
    `cat \${EXPORT_CONFIG_DIR}/x`,
  ])("cannot be told, where it leaves the stage: %s", async (script) => {
    expect((await inputsOf({ "a/00-run.sh": script })).known).toBe(false);
  });

  test("cannot be told, where a shared file that it reaches for leaves the stage", async () => {
    const files = { "a/00-run.sh": `. \${STAGE_DIR}/lib`, lib: `cat \${BASE_DIR}/x` };
    expect((await inputsOf(files)).known).toBe(false);
  });

  test("cannot be told, where prerun.sh leaves the stage in which it runs", async () => {
    expect((await inputsOf({ "prerun.sh": "cat ../other/x" }, "prerun")).known).toBe(false);
    expect((await inputsOf({ "prerun.sh": "cat files/x" }, "prerun")).known).toBe(true);
  });
});

describe("a symlink among a step's files", () => {
  test("counts with its target, and with what a script reads through it", async () => {
    const files = (text: string) => ({
      "a/00-run.sh": { link: "../lib/real.sh" },
      "lib/real.sh": text,
    });
    const one = await inputsOf(files("echo $TARGET_HOSTNAME"));
    const other = await inputsOf(files("echo $IMG_DATE"));
    expect(one.texts).toEqual(["echo $TARGET_HOSTNAME"]);
    expect(one.entries).not.toEqual(other.entries);
    expect(one.entries).toContainEqual(
      expect.objectContaining({ type: "symlink", content: "../lib/real.sh" }),
    );
  });

  test("counts with the files of the directory that it leads to", async () => {
    const files = { "a/00-run.sh": "", "a/files": { link: "../shared" }, "shared/x": "x" };
    expect((await inputsOf(files)).paths).toContain("a/files/x");
  });

  test("may lead nowhere, to itself, to a directory above, or into the image", async () => {
    const files = {
      "a/00-run.sh": "",
      "a/nowhere": { link: "nothing" },
      "a/self": { link: "self" },
      "a/up/down": { link: "../../a" },
      "a/absolute": { link: "/etc/passwd" },
    };
    const { paths, texts } = await inputsOf(files);
    expect(paths).toEqual(
      expect.arrayContaining(["a/nowhere", "a/self", "a/up/down", "a/absolute"]),
    );
    expect(texts).toEqual([""]);
  });
});
