import { chmod, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { type Contract, createContract, onSteps, type TaskRun } from "./contract-stages.ts";

const note = (text: string) => `#!/bin/bash -e\necho "${text}" >>"\${ROOTFS_DIR}/seen"\n`;
/** pi-gen's usual prerun.sh. */
const usual = `#!/bin/bash -e
if [ ! -d "\${ROOTFS_DIR}" ]; then
	copy_previous
fi
`;
const previous = note("$STAGE after $PREV_STAGE at $PREV_STAGE_DIR in $PREV_ROOTFS_DIR");

describe("stages and steps that are skipped, and what comes before a stage", () => {
  let contract: Contract;
  let run: TaskRun;

  beforeAll(async () => {
    contract = await createContract({
      first: {
        "prerun.sh": usual,
        "00-go/00-run.sh": previous,
        "01-skipped/SKIP": "",
        "01-skipped/00-run.sh": note("skipped sub-stage"),
        "02-work/00-run.sh": `echo one >"\${STAGE_WORK_DIR}/note"\n`,
        "03-work/00-run.sh": `cat "\${STAGE_WORK_DIR}/note" >>"\${ROOTFS_DIR}/seen"\n`,
      },
      second: {
        "prerun.sh": usual,
        "00-a/00-run.sh": `#!/bin/bash\ntouch "\${ROOTFS_DIR}/own"\n`,
        "00-go/00-run.sh": `#!/bin/bash -e
[ -e "\${ROOTFS_DIR}/own" ]
grep -q 'first after base' "\${PREV_ROOTFS_DIR}/seen"
[ ! -e "\${PREV_ROOTFS_DIR}/own" ]
touch "\${PREV_ROOTFS_DIR}/x" 2>/dev/null && exit 1
[ ! -e "\${STAGE_WORK_DIR}/note" ]
`,
        "01-go/00-run.sh": previous,
      },
      off: {
        SKIP: "",
        "prerun.sh": note("skipped prerun"),
        "00-go/00-run.sh": note("skipped stage"),
      },
      third: { "prerun.sh": note("not executable"), "00-go/00-run.sh": previous },
    });
    await chmod(join(contract.rig.path, "stages/third/prerun.sh"), 0o644);
    run = await contract.build();
  });
  afterAll(() => contract[Symbol.asyncDispose]());

  onSteps("nothing of a directory with SKIP runs, and no prerun.sh without an x bit", () => {
    expect(run.stderr).toBe("");
    expect(run.executed).toEqual([
      "base/prerun",
      "first/prerun",
      "first/00-go",
      "first/02-work",
      "first/03-work",
      "second/prerun",
      "second/00-a",
      "second/00-go",
      "second/01-go",
      "third/00-go",
    ]);
  });

  onSteps("each stage is told of the one before it, also of one with SKIP", async () => {
    const stages = "/run/pibuild/base/stages";
    const work = "/run/pibuild/work";
    expect(await contract.seen("third/00-go")).toEqual([
      `first after base at ${stages}/base in ${work}/base/rootfs`,
      "one",
      `second after first at ${stages}/first in ${work}/first/rootfs`,
      `third after off at ${stages}/off in ${work}/off/rootfs`,
    ]);
  });

  onSteps("the usual prerun.sh copies nothing: its layer is empty", async () => {
    const { layer } = await contract.record("second/prerun");
    expect(layer.digest).toBe((await contract.record("first/prerun")).layer.digest);
    expect(layer.bytes).toBeLessThanOrEqual(4096);
    const tree = await contract.layer("second/prerun");
    await expect(stat(join(tree, "rootfs/bin"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  onSteps("a SKIP that is put in later takes the step out of the chain", async () => {
    await writeFile(join(contract.rig.path, "stages/third/00-go/SKIP"), "");
    const { executed, cached } = await contract.build();
    expect([...executed, ...cached]).not.toContain("third/00-go");
  });
});
