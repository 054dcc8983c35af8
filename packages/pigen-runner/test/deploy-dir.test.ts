import { readdir } from "node:fs/promises";
import { describe, expect } from "vitest";
import { createContract, onSteps } from "./contract-stages.ts";

const script = (text: string) => `#!/bin/bash -e\ncd "\${DEPLOY_DIR}"\n${text}\n`;

describe("DEPLOY_DIR", () => {
  onSteps("is a tree of the layers of those steps alone that leave something there", async () => {
    await using contract = await createContract({
      d: {
        "00-none/00-run.sh": '#!/bin/bash -e\n: >"${ROOTFS_DIR}/none"\n',
        "01-some/00-run.sh": script("echo a >a; echo b >b"),
        "02-gone/00-run.sh": script("echo c >c; rm c"),
        "03-next/00-run.sh": script('cat a b >"${ROOTFS_DIR}/seen"; rm a'),
      },
    });
    expect((await contract.build()).stderr).toBe("");
    const parts = async (step: string) => (await readdir(await contract.layer(step))).sort();
    expect(await parts("d/00-none")).toEqual(["rootfs", "work"]);
    expect(await parts("d/01-some")).toEqual(["deploy", "rootfs", "work"]);
    expect(await parts("d/02-gone")).toEqual(["rootfs", "work"]);
    expect(await contract.seen("d/03-next")).toEqual(["a", "b"]);

    // A later step saw what this one left, and so runs again where that is another thing.
    await contract.rig.write({ "stages/d/01-some/00-run.sh": script("echo a >a; echo other >b") });
    const changed = await contract.build();
    expect(changed.executed).toEqual(["d/01-some", "d/02-gone", "d/03-next"]);
    expect(await contract.seen("d/03-next")).toEqual(["a", "other"]);
  });

  onSteps("takes what can be handed out, and nothing else", async () => {
    const cases = {
      bytes: [": >$'caf\\351'", "`caf\\xe9` in DEPLOY_DIR has a name that is not UTF-8"],
      slash: ["mkdir x; : >'x/a\\b'", "`x/a\\b` in DEPLOY_DIR has a backslash in its name"],
      fifo: ["mkfifo x", "`x` in DEPLOY_DIR is no file, directory or link"],
      node: ["mknod x c 1 3", "`x` in DEPLOY_DIR is no file, directory or link"],
    } as const;
    const stages = Object.entries(cases).map(
      ([name, [text]]) => [name, { "00-x/00-run.sh": script(text) }] as const,
    );
    await using contract = await createContract(Object.fromEntries(stages));
    for (const [name, [, problem]] of Object.entries(cases)) {
      const list = `stages: [stages/base, stages/${name}]\nexport: stages/export\n`;
      await contract.rig.write({ [`apps/${name}/image.yaml`]: list });
      const run = await contract.build(name, {}, name);
      expect(run.exitCode, name).toBe(6);
      expect(run.stderr).toContain(`step \`${name}/00-x\` made what cannot be kept: ${problem}`);
    }
  });
});
