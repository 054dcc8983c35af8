import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { createContract, onSteps } from "./contract-stages.ts";

onSteps(
  "names of a step that are not UTF-8 are in its layer, and later steps change them",
  async () => {
    await using contract = await createContract({
      b: {
        "00-make/00-run.sh": `#!/bin/bash -e
mkdir -p "\${ROOTFS_DIR}/opt"
cd "\${ROOTFS_DIR}/opt"
echo one >$'caf\\351'; ln $'caf\\351' $'th\\351'; ln -s $'caf\\351' $'to\\351'; touch $'gone\\351'
mkdir -p ../var/cache/apt/archives; touch ../var/cache/apt/archives/$'p\\351.deb'
`,
        "01-change/00-run.sh": `#!/bin/bash -e
cd "\${ROOTFS_DIR}/opt"
echo two >>$'caf\\351'; rm $'gone\\351'
`,
        "02-look/00-run.sh": `#!/bin/bash -e
cd "\${ROOTFS_DIR}/opt"
printf '%q\\n' * >>"\${ROOTFS_DIR}/seen"
cat $'th\\351' >>"\${ROOTFS_DIR}/seen"
`,
      },
    });
    const run = await contract.build();
    expect(run.stderr).toBe("");
    expect(await contract.seen("b/02-look")).toEqual([
      ...["$'caf\\351'", "$'th\\351'", "$'to\\351'", "one", "two"],
    ]);
  },
);

onSteps("a file of a stage whose name is not UTF-8 is refused by its name", async () => {
  await using contract = await createContract({ b: { "00-x/00-run.sh": "#!/bin/bash\n" } });
  const directory = Buffer.from(`${join(contract.rig.path, "stages/b/00-x")}/`);
  await writeFile(Buffer.concat([directory, Buffer.from("caf\xe9", "latin1")]), "");
  const run = await contract.build();
  expect(run.exitCode).toBe(3);
  expect(run.stderr).toContain("its name is not UTF-8");
  expect(run.stderr).toContain("stages/b/00-x/caf\\xe9");
});
