import { rm } from "node:fs/promises";
import { join } from "node:path";
import { programsFor } from "@pibuild/core";
import { absentPin, needs } from "@pibuild/test-kit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Contract, createContract } from "./contract-stages.ts";

const onUpstream = needs(
  "root",
  "unsquashfs",
  ...programsFor("steps"),
  ...programsFor("disk"),
  ...programsFor("upstream"),
);

/** Shaped like pi-gen, with a function that says whose it is. */
const common = (word: string) => `log() { echo "$*"; }
export -f log
on_chroot() { chroot "\${ROOTFS_DIR}" /bin/bash -e; }
export -f on_chroot
copy_previous() { echo "nothing to copy" >&2; return 1; }
export -f copy_previous
update_issue() { echo "${word}" >>"\${ROOTFS_DIR}/seen"; }
export -f update_issue
`;
const script = "#!/bin/bash -e\nupdate_issue x\n";
const checkout = {
  "pi-gen/build.sh": "#!/bin/bash -e\nexport ARCH=arm64\n",
  "pi-gen/scripts/common": common("upstream"),
  "pi-gen/stage0/prerun.sh": "#!/bin/bash -e\n",
  "pi-gen/stage1/prerun.sh": `#!/bin/bash -e\n[ -d "\${ROOTFS_DIR}" ] || copy_previous\n`,
  "pi-gen/stage1/00-own/00-run.sh": script,
  "pi-gen/stage1/01-other/00-run.sh": "#!/bin/bash -e\ntrue\n",
};

describe("stages of a checkout of pi-gen", () => {
  let contract: Contract;
  const build = (stage: string) =>
    contract.build(stage, { PIGEN_DIR: join(contract.rig.path, "../pi-gen") });
  const write = (files: Record<string, string>) =>
    contract.rig.write(
      Object.fromEntries(Object.entries(files).map(([path, text]) => [`../${path}`, text])),
    );

  beforeAll(async () => {
    contract = await createContract({ after: { "00-ours/00-run.sh": script } });
    await write(checkout);
    await contract.rig.write({
      "apps/t/image.yaml":
        "stages: [stages/base, pi-gen/stage1, stages/after]\nexport: stages/export\n",
    });
  });
  afterAll(() => contract[Symbol.asyncDispose]());

  onUpstream("run with pi-gen's own functions, and so do ours beside them", async () => {
    const run = await build("after");
    expect(run.stderr).toBe("");
    expect(await contract.seen("after/00-ours")).toEqual(["upstream", "upstream"]);
  });

  onUpstream("run again where its functions have changed", async () => {
    await write({ "pi-gen/scripts/common": common("changed") });
    const run = await build("stage1");
    expect(run.executed).toContain("stage1/00-own");
    expect(await contract.seen("stage1/00-own")).toEqual(["changed"]);
  });

  onUpstream("are refused where pi-gen builds for another machine", async () => {
    await write({ "pi-gen/build.sh": "#!/bin/bash -e\nexport ARCH=armhf\n" });
    const run = await build("stage1");
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain("this pi-gen builds armhf, and the image is for arm64");
    expect(run.stderr).toContain("apps/t/image.yaml:1");
    await write({ "pi-gen/build.sh": checkout["pi-gen/build.sh"] });
  });

  test("are refused where pi-gen builds another release", async () => {
    await write({ "pi-gen/build.sh": "#!/bin/bash -e\nexport RELEASE=${RELEASE:-trixie}\n" });
    const run = await build("stage1");
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain("this pi-gen builds trixie, and the image is for bookworm");
    expect(run.stderr).toContain("write `release: trixie`");
    await write({ "pi-gen/build.sh": checkout["pi-gen/build.sh"] });
  });

  test("need a directory that is pi-gen", async () => {
    await rm(join(contract.rig.path, "../pi-gen/scripts"), { recursive: true });
    const run = await build("stage1");
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain("PIGEN_DIR");
    await write(checkout);
  });

  test("need the pin's checkout where PIGEN_DIR is not set", async () => {
    await contract.rig.write({
      "pi-gen-pin.env": absentPin,
    });
    const run = await contract.build("stage1", { PIGEN_DIR: "" });
    expect(run.exitCode).toBe(4);
    expect(run.stderr).toContain("pibuild sync");
  });
});
