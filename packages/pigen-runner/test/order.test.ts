import { chmod } from "node:fs/promises";
import { join, relative } from "node:path";
import { readStage } from "@pibuild/pigen-stages";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { type Contract, createContract, onSteps, type TaskRun } from "./contract-stages.ts";

/** A script that writes its name down, on the host or in the chroot. */
const host = (name: string) => `#!/bin/bash -e\necho "${name}" >>"\${ROOTFS_DIR}/seen"\n`;
const inside = (name: string) => `echo "${name}" >>/seen\n`;

/** Files of every kind for one index. */
const everyKind = (index: string) => ({
  [`${index}-run-chroot.sh`]: inside(`${index}-run-chroot.sh`),
  [`${index}-run.sh`]: host(`${index}-run.sh`),
  [`${index}-patches/series`]: "new.diff\n",
  [`${index}-patches/new.diff`]: "--- a/rootfs/patched\n+++ b/rootfs/patched\n@@ -0,0 +1 @@\n+x\n",
  [`${index}-packages`]: "one\n",
  [`${index}-packages-nr`]: "two\n",
  [`${index}-debconf`]: "three\n",
});

const prefixed = (directory: string, files: Record<string, string>) =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`${directory}/${name}`, text]));

describe("a stage runs in pi-gen's order", () => {
  let contract: Contract;
  let run: TaskRun;

  beforeAll(async () => {
    contract = await createContract({
      order: {
        "prerun.sh": host("prerun.sh"),
        ...prefixed("10-numbered", { ...everyKind("07"), "99-run.sh": host("99-run.sh") }),
        "10-numbered/00-run.sh": host("00-run.sh"),
        "10-numbered/08-run-chroot.sh": inside("08-run-chroot.sh"),
        "9-late/00-run.sh": host("9-late"),
        "Upper/00-run.sh": host("Upper"),
        "unnumbered/00-run.sh": host("unnumbered"),
        ".hidden/00-run.sh": host(".hidden"),
        "files/data": "no actions here\n",
        "10-numbered/06-run.sh": host("06-run.sh"),
        "10-numbered/100-run.sh": host("100-run.sh"),
        "10-numbered/7-run.sh": host("7-run.sh"),
        "10-numbered/00-run-00-pre.sh": host("00-run-00-pre.sh"),
        "10-numbered/run.sh": host("run.sh"),
        "run.sh": host("stage/run.sh"),
      },
    });
    for (const name of ["06-run.sh", "08-run-chroot.sh"]) {
      await chmod(join(contract.rig.path, "stages/order/10-numbered", name), 0o644);
    }
    run = await contract.build();
  });
  afterAll(() => contract[Symbol.asyncDispose]());

  onSteps("the six kinds of an index, indices from 00 to 99, then the next directory", async () => {
    expect(run.stderr).toBe("");
    expect(await contract.seen("order/unnumbered")).toEqual([
      "prerun.sh",
      "00-run.sh",
      "debconf three",
      "apt-get -o Acquire::Retries=3 install --no-install-recommends -y two",
      "apt-get -o Acquire::Retries=3 install -y one",
      "07-run.sh",
      "07-run-chroot.sh",
      "08-run-chroot.sh",
      "99-run.sh",
      "9-late",
      "Upper",
      "unnumbered",
    ]);
  });

  onSteps("the files that did not run are named", async () => {
    const stage = await readStage(join(contract.rig.path, "stages/order"));
    expect(stage.warnings.map(({ path }) => relative(stage.path, path))).toEqual([
      "run.sh",
      "10-numbered/00-run-00-pre.sh",
      "10-numbered/06-run.sh",
      "10-numbered/100-run.sh",
      "10-numbered/7-run.sh",
      "10-numbered/run.sh",
    ]);
  });
});
