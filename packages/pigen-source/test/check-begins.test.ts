import { join } from "node:path";
import { createRig, leavesLine, writeStandInPiGen } from "@pibuild/test-kit";
import { expect, test } from "vitest";

const copying = `#!/bin/bash -e
if [ ! -d "\${ROOTFS_DIR}" ]; then
	copy_previous
fi
`;

test("an image whose first stage copies the one before it is refused where that stage is named", async () => {
  await using rig = await createRig();
  await writeStandInPiGen(rig);
  await rig.write({
    "../pi-gen/stage1/prerun.sh": copying,
    "apps/t/image.yaml": "stages: [pi-gen/stage0, pi-gen/stage1]\nexport: stages/export\n",
    "stages/export/.keep": "",
    "stages/own/prerun.sh": copying,
    "stages/makes/prerun.sh": leavesLine("made"),
  });
  const env = { PIGEN_DIR: join(rig.path, "../pi-gen") };
  const plan = (more = {}) => rig.pibuild(["plan", "t"], { ...env, ...more });
  expect((await plan()).exitCode).toBe(0);
  const { exitCode, stderr } = await plan({ PI_GEN_STAGES: "stage1" });
  expect(exitCode).toBe(3);
  expect(stderr.trim()).toMatchInlineSnapshot(`
    "error: the image begins with \`pi-gen/stage1\`, which copies the tree of the stage before it (\`copy_previous\`), and there is none
      at environment variable PI_GEN_STAGES
    hint: name \`pi-gen/stage0\` first"
  `);
  await rig.write({ "apps/t/image.yaml": "stages: [stages/own]\nexport: stages/export\n" });
  expect((await plan()).stderr).toContain("at apps/t/image.yaml:1:10");
  await rig.write({
    "apps/t/image.yaml": "stages: [stages/makes, stages/own]\nexport: stages/export\n",
  });
  expect((await plan()).exitCode).toBe(0);
});
