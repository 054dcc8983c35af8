import { readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { type Contract, createContract, onSteps, type TaskRun } from "./contract-stages.ts";

const diff = (from: string, to: string) =>
  `--- stage.orig/rootfs/etc/word\n+++ stage/rootfs/etc/word\n@@ -1 +1 @@\n-${from}\n+${to}\n`;

describe("patches", () => {
  let contract: Contract;
  let run: TaskRun;

  beforeAll(async () => {
    contract = await createContract({
      patched: {
        "00-file/00-run.sh": `#!/bin/bash\necho one >"\${ROOTFS_DIR}/etc/word"\n`,
        "01-patch/00-patches/series": "first.diff\nsecond.diff\n",
        "01-patch/00-patches/first.diff": diff("one", "two"),
        "01-patch/00-patches/second.diff": diff("two", "three"),
        "01-patch/00-patches/unlisted.diff": diff("three", "wrong"),
        "01-patch/01-patches": { link: "00-patches" },
        "02-later/00-run.sh": `#!/bin/bash -e
{ pwd; ls -A "\${STAGE_WORK_DIR}"; cat "\${STAGE_WORK_DIR}/01-patch-pc/applied-patches"; } >"\${ROOTFS_DIR}/seen"
`,
        "03-more/00-patches/series": "third.diff\n",
        "03-more/00-patches/third.diff": diff("three", "four"),
      },
      wrong: {
        "00-bad/00-patches/series": "bad.diff\n",
        "00-bad/00-patches/bad.diff": diff("never there", "x"),
        "00-bad/01-run.sh": "#!/bin/bash\n",
      },
    });
    run = await contract.build("patched");
  });
  afterAll(() => contract[Symbol.asyncDispose]());

  onSteps("are applied in the order of series, once, with paths below STAGE_WORK_DIR", async () => {
    expect(run.stderr).toBe("");
    const tree = await contract.layer("patched/01-patch");
    expect(await readFile(join(tree, "rootfs/etc/word"), "utf8")).toBe("three\n");
  });

  onSteps("leave quilt's state in <sub-stage>-pc for the later steps of the stage", async () => {
    const tree = await contract.layer("patched/01-patch");
    expect(await readlink(join(tree, "work/.pc"))).toBe("01-patch-pc");
    expect(await contract.seen("patched/02-later")).toEqual([
      "/run/pibuild/base/stages/patched/02-later",
      ...[".pc", "01-patch-pc", "rootfs", "first.diff", "second.diff"],
    ]);
  });

  onSteps("of another sub-stage have a state of their own", async () => {
    const tree = await contract.layer("patched/03-more");
    expect(await readlink(join(tree, "work/.pc"))).toBe("03-more-pc");
    expect(await readFile(join(tree, "rootfs/etc/word"), "utf8")).toBe("four\n");
  });

  onSteps("that do not apply fail the step, and nothing after them runs", async () => {
    const failed = await contract.build("wrong");
    expect(failed.exitCode).toBe(6);
    expect(failed.stderr).toContain("step `wrong/00-bad` failed in `00-patches`");
    expect(failed.events).not.toContainEqual(expect.objectContaining({ action: "01-run.sh" }));
  });
});
