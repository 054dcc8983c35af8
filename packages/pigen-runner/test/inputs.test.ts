import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "@pibuild/core";
import { describe, expect } from "vitest";
import { createContract, onSteps } from "./contract-stages.ts";

const yaml = (text: string, other = "other\n") => `inputs:
  program: { path: in/program, sha256: ${sha256(text)} }
  other: { path: in/other, sha256: ${sha256(other)} }
`;
const imageText = (inputs: string) =>
  `stages: [stages/base, stages/i]\nexport: stages/export\n${inputs}`;
const script = (text: string) => `#!/bin/bash -e\n${text}\n`;

const stage = {
  "00-none/00-run.sh": script("ls /run/pibuild/inputs >/dev/null 2>&1 && exit 1; true"),
  "01-reads/00-run.sh": script(`{
	cat "\${INPUT_PROGRAM}"
	stat -c '%a %u %Y' "\${INPUT_PROGRAM}"
	ls "\${INPUT_PROGRAM%/*}"
	echo changed 2>/dev/null >"\${INPUT_PROGRAM}" || echo "read-only"
} >"\${ROOTFS_DIR}/seen"`),
  "02-last/00-run.sh": script(`echo last >"\${ROOTFS_DIR}/last"`),
};

async function createInputs() {
  const contract = await createContract({ i: stage }, yaml("one\n"));
  await contract.rig.write({ "apps/t/in/program": "one\n", "apps/t/in/other": "other\n" });
  return contract;
}

describe("files that an image takes from outside", () => {
  onSteps("a step sees the one that it names, read-only, and no other", async () => {
    await using contract = await createInputs();
    await chmod(join(contract.rig.path, "apps/t/in/program"), 0o755);
    expect((await contract.build()).stderr).toBe("");
    expect(await contract.seen("i/01-reads")).toEqual([
      ...["one", "444 0 1767225600", "program", "read-only"],
    ]);
  });

  onSteps("another content executes again the steps that name it, and nothing else", async () => {
    await using contract = await createInputs();
    const all = ["base/prerun", "i/00-none", "i/01-reads", "i/02-last"];
    expect((await contract.build()).executed).toEqual(all);
    await contract.rig.write({
      "apps/t/in/other": "another\n",
      "apps/t/image.yaml": imageText(yaml("one\n", "another\n")),
    });
    expect((await contract.build()).executed).toEqual([]);
    await contract.rig.write({
      "apps/t/in/program": "two\n",
      "apps/t/image.yaml": imageText(yaml("two\n", "another\n")),
    });
    const run = await contract.build();
    expect(run.executed).toEqual(["i/01-reads", "i/02-last"]);
    expect(run.events).toContainEqual(
      expect.objectContaining({ reason: { kind: "changed", fields: ["settings/INPUT_PROGRAM"] } }),
    );
    expect(await contract.seen("i/01-reads")).toContain("two");
  });

  onSteps(
    "one that is not the file that is meant stops the build before anything runs",
    async () => {
      await using contract = await createInputs();
      await contract.rig.write({ "apps/t/in/other": "not other\n" });
      const run = await contract.build();
      expect(run).toMatchObject({ exitCode: 3, executed: [] });
      expect(run.stderr).toContain(`its sha256 is \`${sha256("not other\n")}\``);
    },
  );

  onSteps("one that changes while the build runs makes no layer", async () => {
    await using contract = await createInputs();
    await contract.rig.write({
      "stages/i/00-none/00-run.sh": script(`echo two >"\${BASE_DIR}/apps/t/in/program"`),
    });
    const run = await contract.build();
    expect(run.exitCode).not.toBe(0);
    expect(run.stderr).toContain("the files or settings of step `i/01-reads` changed");
    expect(run.executed).not.toContain("i/02-last");
  });

  onSteps("one that no script names is told of", async () => {
    await using contract = await createInputs();
    const plan = await contract.rig.pibuild(["plan", "t"]);
    expect(plan.stderr).toContain("`INPUT_OTHER` is set, but no script of `t` names it");
    expect(plan.stderr).not.toContain("INPUT_PROGRAM");
  });
});
