import { cp } from "node:fs/promises";
import { join } from "node:path";
import { createRig, leavesLine, type Rig, writeStandInPiGen } from "@pibuild/test-kit";
import { afterAll, beforeAll, expect, test } from "vitest";

const repository = join(import.meta.dirname, "../../..");
const program = ["cloud-init/prerun", "cloud-init/00-packages", "cloud-init/01-headless"];
const seed = ["prerun", "00-tunnel-token", "01-seed"].map((name) => `cloud-init-seed/${name}`);
const finished = ["partitions/prerun", "partitions/00-names", "export-image/00-upgrade", ...seed];

let rig: Rig;
const env = (more: Record<string, string> = {}) => ({
  PIGEN_DIR: join(rig.path, "../pi-gen"),
  ...more,
});

interface Plan {
  readonly steps: readonly { readonly step: string }[];
}
const stepsOf = async (more: Record<string, string> = {}) => {
  const { exitCode, stdout, stderr } = await rig.pibuild(
    ["plan", "sugarkube", "--json"],
    env(more),
  );
  expect(exitCode, stderr).toBe(0);
  return { names: (JSON.parse(stdout) as Plan).steps.map(({ step }) => step), stderr };
};

beforeAll(async () => {
  rig = await createRig();
  await writeStandInPiGen(rig);
  await rig.write({
    "../pi-gen/stage1/prerun.sh": leavesLine("stage1 $TARGET_HOSTNAME"),
    "../pi-gen/stage2/prerun.sh": leavesLine("stage2 $ENABLE_SSH"),
    "../pi-gen/export-image/00-upgrade/00-run.sh": leavesLine("upgrade"),
  });
  for (const name of ["apps/sugarkube", "stages", "pi-gen-pin.env"]) {
    // Else a link between stages would become an absolute one.
    const options = { recursive: true, verbatimSymlinks: true };
    await cp(join(repository, name), join(rig.path, name), options);
  }
});
afterAll(() => rig[Symbol.asyncDispose]());

test("the shipped image runs pi-gen's stages and export and then its seed, and warns of nothing", async () => {
  const { names, stderr } = await stepsOf();
  // Of the stand-in for pi-gen alone.
  expect(stderr.trim().split("\n")).toEqual([
    expect.stringContaining("PIGEN_DIR is no git checkout"),
    "hint: unset PIGEN_DIR to build with the pinned one",
  ]);
  const stages = ["stage0/prerun", "stage1/prerun", "stage2/prerun"];
  expect(names).toEqual([...stages, ...program, ...finished]);
});

test("the environment's names reach it: stages, a token, another name", async () => {
  const { names, stderr: unread } = await stepsOf({ PI_GEN_STAGES: "stage0 stage1" });
  // Only stage2 reads it, which is left out.
  expect(unread).toContain("`ENABLE_SSH` is set, but nothing");
  expect(names.slice(0, 2)).toEqual(["stage0/prerun", "stage1/prerun"]);
  expect(names.slice(2)).toEqual([...program, ...finished]);
  const { stderr } = await stepsOf({ TUNNEL_TOKEN: "eyJhIjoiMTIzNDU2Nzg5MCJ9" });
  expect(stderr).toContain("`TUNNEL_TOKEN` ends up in the image");
  const bad = await rig.pibuild(["plan", "sugarkube"], env({ IMG_NAME: "sugar/kube" }));
  expect(bad.exitCode).not.toBe(0);
  expect(bad.stderr).toContain("IMG_NAME");
});

test("lint finds nothing in it", async () => {
  const { exitCode, stdout, stderr } = await rig.pibuild(["lint", "sugarkube"], env());
  expect(stdout + stderr).toMatch(/^nothing found in 3 stages/);
  expect(exitCode).toBe(0);
});
