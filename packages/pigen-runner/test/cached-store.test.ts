import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createExec } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { describe, expect } from "vitest";
import { createContract, onSteps } from "./contract-stages.ts";

const stages = { a: { "00-x/00-run.sh": `#!/bin/bash -e\necho x >>"\${ROOTFS_DIR}/seen"\n` } };

describe("a store with all layers", () => {
  needs("own mount namespace", "mksquashfs")("serves where it may only be read", async () => {
    await using contract = await createContract(stages);
    const { store } = contract.rig;
    expect((await contract.build()).exitCode).toBe(0);
    const exec = createExec();
    await exec.run({ program: "mount", args: ["--bind", store, store] });
    await exec.run({ program: "mount", args: ["-o", "remount,ro,bind", store] });
    expect(await contract.build()).toMatchObject({
      ...{ exitCode: 0, stderr: "", executed: [], cached: ["base/prerun", "a/00-x"] },
    });
    await contract.rig.write({ "stages/a/00-x/00-run.sh": "#!/bin/bash\n" });
    const { exitCode, stderr } = await contract.build();
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/error: the store cannot use .*: EROFS/);
    await exec.run({ program: "umount", args: [store] });
  });

  onSteps("is read whole by `clean --check`, which drops a damaged layer alone", async () => {
    await using contract = await createContract(stages);
    const { store } = contract.rig;
    await contract.build();
    const { digest } = (await contract.record("a/00-x")).layer;
    await writeFile(join(store, "blobs/sha256", digest.slice(0, 2), digest), "damaged");
    const { exitCode, stderr } = await contract.rig.pibuild(["clean", "--check"]);
    expect([exitCode, stderr]).toEqual([
      0,
      `removed the damaged layer ${digest}\nread 2 layers, of which 1 had to go`,
    ]);
    expect(await readdir(join(contract.rig.path, "dist"))).toEqual(["t"]);
    expect((await contract.build()).executed).toEqual(["a/00-x"]);
  });
});
