import { mkdir, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { type Contract, createContract, onSteps } from "./contract-stages.ts";

const stages = {
  d: {
    "00-one/00-run.sh": `#!/bin/bash -e\necho one >>"\${ROOTFS_DIR}/seen"\n`,
    "01-two/00-run.sh": `#!/bin/bash -e\necho two >>"\${ROOTFS_DIR}/seen"\n`,
  },
};

async function blobOf(contract: Contract, step: string): Promise<string> {
  const { digest } = (await contract.record(step)).layer;
  return join(contract.rig.store, "blobs/sha256", digest.slice(0, 2), digest);
}

describe("a store that was damaged", () => {
  onSteps(
    "a flipped bit: the step runs again, what follows it does not, and all is right",
    async () => {
      await using contract = await createContract(stages);
      await contract.build();
      const blob = await blobOf(contract, "d/00-one");
      const file = await open(blob, "r+");
      const byte = Buffer.alloc(1);
      await file.read(byte, 0, 1, 200);
      await file.write(Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, 200);
      await file.close();
      const run = await contract.build();
      expect(run).toMatchObject({ exitCode: 0, executed: ["d/00-one"] });
      expect(run.events).toContainEqual(
        expect.objectContaining({ step: "d/00-one", reason: { kind: "blob-corrupt" } }),
      );
      expect(await contract.seen("d/00-one")).toEqual(["one"]);
      expect((await contract.build()).executed).toEqual([]);
    },
  );

  onSteps("a blob that is gone: the step runs again", async () => {
    await using contract = await createContract(stages);
    await contract.build();
    await rm(await blobOf(contract, "d/01-two"));
    expect(await contract.build()).toMatchObject({ exitCode: 0, executed: ["d/01-two"] });
    expect(await contract.seen("d/01-two")).toEqual(["one", "two"]);
  });

  onSteps("a file in the store's place is said, and stays", async () => {
    await using contract = await createContract(stages);
    const file = join(contract.rig.path, "file");
    await writeFile(file, "mine");
    const run = await contract.build(undefined, { PIBUILD_STORE: file });
    expect(run).toMatchObject({ exitCode: 4, executed: [] });
    expect(run.stderr).toMatch(/the store cannot use `.*`: (ENOTDIR|EEXIST)/);
    expect(await readFile(file, "utf8")).toBe("mine");
    const { exitCode } = await contract.rig.pibuild(["clean"], { PIBUILD_STORE: file });
    expect(exitCode).toBe(0);
  });

  onSteps("directories for records and a layer: the steps run again", async () => {
    await using contract = await createContract(stages);
    await contract.build();
    const blob = await blobOf(contract, "d/01-two");
    const { fingerprint } = await contract.record("d/00-one");
    const records = join(contract.rig.store, "records");
    const record = join(records, fingerprint.slice(0, 2), `${fingerprint}.json`);
    for (const path of [blob, record]) {
      await rm(path);
      await mkdir(join(path, "something"), { recursive: true });
    }
    const run = await contract.build();
    expect(run).toMatchObject({ exitCode: 0, executed: ["d/00-one", "d/01-two"] });
    expect((await contract.build()).executed).toEqual([]);
  });

  for (const bad of ["", "{", '{"version":99}', "null"]) {
    onSteps(`records that say ${JSON.stringify(bad)}: the steps run again`, async () => {
      await using contract = await createContract(stages);
      await contract.build();
      const records = join(contract.rig.store, "records");
      for (const name of await readdir(records, { recursive: true })) {
        if (name.endsWith(".json")) await writeFile(join(records, name), bad);
      }
      const run = await contract.build();
      expect(run).toMatchObject({ exitCode: 0, stderr: "" });
      expect(run.executed).toEqual(["base/prerun", "d/00-one", "d/01-two"]);
      expect((await contract.build()).executed).toEqual([]);
    });
  }
});
