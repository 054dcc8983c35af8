import { cp, rename, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { createContract, onSteps } from "./contract-stages.ts";

const see = `#!/bin/bash -e
echo "\${STAGE} \${STAGE_DIR} \${PWD}" >>"\${ROOTFS_DIR}/seen"
cat files/x "\${STAGE_DIR}/shared" >>"\${ROOTFS_DIR}/seen"
if [ -e "\${PREV_STAGE_DIR}/shared" ]; then echo "reads \${PREV_STAGE_DIR}" >>"\${ROOTFS_DIR}/seen"; fi
`;
const files = { "00-a/00-run.sh": see, "00-a/files/x": "x\n", shared: "y\n" };

describe("a stage outside of the workspace", () => {
  onSteps("runs where it is, and the next stage can read it", async () => {
    await using contract = await createContract({ first: files, second: files });
    const { rig } = contract;
    const outside = join(rig.path, "..", "out side");
    await cp(join(rig.path, "stages"), outside, { recursive: true });
    await rig.write({
      "apps/t/image.yaml": `stages: [stages/base, "${outside}/first", "${outside}/second"]\nexport: stages/export\n`,
    });
    expect(await contract.build()).toMatchObject({ stderr: "", exitCode: 0 });
    expect(await contract.seen("second/00-a")).toEqual([
      "first /run/pibuild/stages/first /run/pibuild/stages/first/00-a",
      ...["x", "y"],
      "second /run/pibuild/stages/second /run/pibuild/stages/second/00-a",
      ...["x", "y", "reads /run/pibuild/stages/first"],
    ]);
  });
});

describe("a symlinked stage", () => {
  onSteps("is built by the name in image.yaml, and runs under that of its target", async () => {
    await using contract = await createContract({ alias: files });
    const { rig } = contract;
    await rename(join(rig.path, "stages/alias"), join(rig.path, "..", "real"));
    await symlink("../../real", join(rig.path, "stages/alias"));
    expect(await contract.build("alias")).toMatchObject({
      stderr: "",
      exitCode: 0,
      executed: ["base/prerun", "real/00-a"],
    });
    expect((await contract.seen("real/00-a"))[0]).toMatch(/^real \/run\/pibuild\/stages\/real /);
  });
});
