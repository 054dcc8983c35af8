import { cp, mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { createExec, removeTree } from "@pibuild/core";
import { needs, scratchStage } from "@pibuild/test-kit";
import { describe, expect, onTestFinished } from "vitest";
import { readStage } from "../src/stage/read-stage.ts";
import { listSteps } from "../src/step/step.ts";
import { readStepFiles } from "../src/step/step-files.ts";

const pigen = process.env.PIGEN_DIR ?? "";
const upstream = needs("PIGEN_DIR", "bash");
const stageNames = ["stage0", "stage1", "stage2"];

/** Runs pi-gen's own two functions with everything that acts replaced, and prints what they begin. */
const oracle = `
eval "$(sed -n '/^run_sub_stage()/,/^}/p; /^run_stage()/,/^}/p' "$1/build.sh")"
SCRIPT_DIR="$1/scripts" WORK_DIR="$2"
log() { [[ "$1" != Begin* ]] || echo "\${1#Begin }"; }
on_chroot() { cat >/dev/null; }
unmount() { :; }
quilt() { :; }
set -e
for STAGE_DIR in "\${@:3}"; do
	STAGE_DIR="$(realpath "\${STAGE_DIR}")"
	mkdir -p "\${WORK_DIR}/$(basename "\${STAGE_DIR}")"
	run_stage
done
`;
const action = /\/(prerun\.sh|\d\d-(debconf|packages|packages-nr|patches|run\.sh|run-chroot\.sh))$/;

/** The actions that pi-gen begins in these stages, in its order. */
async function orderOfPigen(stages: readonly string[]): Promise<string[]> {
  const work = await scratchDirectory();
  const { stdout } = await createExec().run({
    program: "bash",
    args: ["-c", oracle, "bash", pigen, work, ...stages],
  });
  return stdout.split("\n").filter((line) => action.test(line));
}

async function ownOrder(stages: readonly string[]): Promise<string[]> {
  const read = await Promise.all(stages.map((stage) => readStage(stage)));
  return listSteps(read).flatMap(({ directory, actions }) =>
    actions.map(({ name }) => join(directory, name)),
  );
}

async function scratchDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "pibuild-oracle-"));
  onTestFinished(() => removeTree(directory));
  return directory;
}

/** Copies of pi-gen's stages whose scripts do nothing. */
async function hollowStages(): Promise<string[]> {
  const directory = await scratchDirectory();
  for (const name of stageNames) {
    await cp(join(pigen, name), join(directory, name), { recursive: true, verbatimSymlinks: true });
  }
  for (const path of await readdir(directory, { recursive: true })) {
    if (/\/(\d\d-run|prerun)\.sh$/.test(path)) await writeFile(join(directory, path), "");
  }
  return stageNames.map((name) => join(directory, name));
}

describe("the order of actions, compared with pi-gen's own loop", () => {
  upstream("in pi-gen's stages", async () => {
    const stages = await hollowStages();
    const expected = await orderOfPigen(stages);
    expect(expected.length).toBeGreaterThan(20);
    expect(await ownOrder(stages)).toEqual(expected);
  });

  upstream("in a stage that holds every odd name", async () => {
    const kinds = [
      "run-chroot.sh",
      "run.sh",
      "patches/series",
      "packages",
      "packages-nr",
      "debconf",
    ];
    const files = Object.fromEntries(
      ["00", "07", "10", "99", "100", "7", "x"].flatMap((index) =>
        kinds.map((kind) => [`10-many/${index}-${kind}`, ""] as const),
      ),
    );
    const stage = await scratchStage("odd", {
      ...files,
      "prerun.sh": "",
      "9-b/00-run.sh": "",
      "Z/00-run.sh": "",
      "a/00-run.sh": { text: "", mode: 0o644 },
      "a/01-run-chroot.sh": { text: "", mode: 0o644 },
      "_x/00-run.sh": { link: "../9-b/00-run.sh" },
      ".hidden/00-run.sh": "",
      "off/SKIP": "",
      "off/00-run.sh": "",
      "files/00-packages": "directory/",
      linked: { link: "9-b" },
    });
    const skipped = await scratchStage("skipped", { SKIP: "", "prerun.sh": "", "a/00-run.sh": "" });
    expect(await ownOrder([stage, skipped])).toEqual(await orderOfPigen([stage, skipped]));
  });

  upstream("pi-gen's stages have known inputs, and nothing in them is warned of", async () => {
    const stages = await Promise.all(stageNames.map((name) => readStage(join(pigen, name))));
    expect(stages.flatMap(({ warnings }) => warnings)).toEqual([]);
    for (const step of listSteps(stages)) {
      expect([relative(pigen, step.directory), (await readStepFiles(step)).unknown]).toEqual([
        relative(pigen, step.directory),
        undefined,
      ]);
    }
  });
});
