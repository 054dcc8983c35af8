import { cp } from "node:fs/promises";
import { join } from "node:path";
import { createNxRig, leavesLine, type Rig, writeStandInPiGen } from "@pibuild/test-kit";
import { afterAll, beforeAll, expect, test } from "vitest";

const repository = join(import.meta.dirname, "../../..");
const own = ["01-seed", "02-tunnel-token"].map((name) => `cloud-init-seed/${name}`);

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
  rig = await createNxRig();
  await writeStandInPiGen(rig);
  await rig.write({
    "../pi-gen/stage1/prerun.sh": leavesLine("stage1 $TARGET_HOSTNAME"),
    "../pi-gen/stage2/prerun.sh": leavesLine("stage2 $ENABLE_SSH"),
  });
  for (const name of ["apps/sugarkube", "stages", "pi-gen-pin.env"]) {
    // Else a link between stages would become an absolute one.
    const options = { recursive: true, verbatimSymlinks: true };
    await cp(join(repository, name), join(rig.path, name), options);
  }
});
afterAll(() => rig[Symbol.asyncDispose]());

test("the shipped image runs pi-gen's stages and then its seed, and warns of nothing", async () => {
  const { names, stderr } = await stepsOf();
  // Of the stand-in for pi-gen alone.
  expect(stderr.trim().split("\n")).toEqual([
    expect.stringContaining("PIGEN_DIR is no git checkout"),
    "hint: unset PIGEN_DIR to build with the pinned one",
  ]);
  expect(names.slice(0, 3)).toEqual(["stage0/prerun", "stage1/prerun", "stage2/prerun"]);
  expect(names).toEqual(expect.arrayContaining(own));
});

test("the environment's names reach it: stages, a token, another name", async () => {
  const { names, stderr: unread } = await stepsOf({ PI_GEN_STAGES: "stage0 stage1" });
  // Only stage2 reads it, which is left out.
  expect(unread).toContain("`ENABLE_SSH` is set, but nothing");
  expect(names.filter((name) => name.startsWith("stage"))).toEqual([
    "stage0/prerun",
    "stage1/prerun",
  ]);
  expect(names).toEqual(expect.arrayContaining(own));
  const { stderr } = await stepsOf({ TUNNEL_TOKEN: "eyJhIjoiMTIzNDU2Nzg5MCJ9" });
  expect(stderr).toContain("`TUNNEL_TOKEN` ends up in the image");
  const bad = await rig.pibuild(["plan", "sugarkube"], env({ IMG_NAME: "sugar/kube" }));
  expect(bad.exitCode).not.toBe(0);
  expect(bad.stderr).toContain("IMG_NAME");
});

test("lint finds nothing in it", async () => {
  const { exitCode, stdout, stderr } = await rig.pibuild(["lint", "sugarkube"], env());
  expect(stdout + stderr).toMatch(/^nothing found in 2 stages/);
  expect(exitCode).toBe(0);
});
