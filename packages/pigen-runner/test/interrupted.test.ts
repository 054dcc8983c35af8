import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { type Contract, createContract, onSteps } from "./contract-stages.ts";
import { leftOvers } from "./left-overs.ts";

/** A chain whose middle step waits for a file that only the test makes. */
async function createGated(): Promise<Contract & { open(): Promise<void> }> {
  const contract = await createContract({});
  const gate = join(contract.rig.path, "..", "gate");
  await contract.rig.write({
    "apps/t/image.yaml": "stages: [stages/base, stages/g]\nexport: stages/export\n",
    "stages/g/00-before/00-run.sh": `#!/bin/bash -e\necho before >>"\${ROOTFS_DIR}/seen"\n`,
    "stages/g/01-gated/00-run.sh": `#!/bin/bash -e
echo gated >>"\${ROOTFS_DIR}/seen"
on_chroot <<<"touch /half"
echo "at the gate"
until [ -e "${gate}" ]; do sleep 0.05; done
rm "\${ROOTFS_DIR}/half"
`,
    "stages/g/02-after/00-run.sh": `#!/bin/bash -e\necho after >>"\${ROOTFS_DIR}/seen"\n`,
  });
  return Object.assign(contract, { open: () => writeFile(gate, "") });
}

describe("a build that is interrupted in the middle of a step", () => {
  for (const signal of ["SIGKILL", "SIGINT", "SIGTERM"] as const) {
    onSteps(`by ${signal} resumes at that step, and nothing is left behind`, async () => {
      await using contract = await createGated();
      const first = contract.start("g");
      await first.sent("command-output", "at the gate");
      await first.kill(signal);
      const { exitCode, stderr } = await first.done.catch(() => ({ exitCode: -1, stderr: "" }));
      expect(exitCode).not.toBe(0);
      if (signal !== "SIGKILL") {
        expect(stderr).toContain("stopped by");
        expect(await leftOvers(contract.rig)).toEqual([]);
      }
      await contract.open();
      const rerun = await contract.build("g");
      expect(rerun).toMatchObject({
        exitCode: 0,
        stderr: "",
        cached: ["base/prerun", "g/00-before"],
        executed: ["g/01-gated", "g/02-after"],
      });
      expect(await contract.seen("g/02-after")).toEqual(["before", "gated", "after"]);
      expect(await leftOvers(contract.rig)).toEqual([]);
    });
  }
});

describe("two builds of one image at once", () => {
  onSteps("wait for each other, and execute each step once", async () => {
    await using contract = await createGated();
    const one = contract.start("g");
    await one.sent("command-output", "at the gate");
    const other = contract.start("g");
    await other.sent("waiting", "another build of g of t");
    await contract.open();
    expect([(await one.done).exitCode, (await other.done).exitCode]).toEqual([0, 0]);
    const steps = [await one.steps(), await other.steps()];
    expect(steps.flatMap(({ executed }) => executed).sort()).toEqual([
      ...["base/prerun", "g/00-before", "g/01-gated", "g/02-after"],
    ]);
    expect(steps[1]?.cached).toContain("g/01-gated");
    expect(await contract.seen("g/02-after")).toEqual(["before", "gated", "after"]);
    expect(await leftOvers(contract.rig)).toEqual([]);
  });
});
