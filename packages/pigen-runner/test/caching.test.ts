import { chmod, readdir, readFile, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { type Contract, createContract, onSteps } from "./contract-stages.ts";

const append = (text: string) => `#!/bin/bash -e\necho "${text}" >>"\${ROOTFS_DIR}/seen"\n`;

/** A chain in which each step depends on something else. Tests take turns with it, in order. */
const stage = {
  "prerun.sh": "#!/bin/bash -e\n: nothing\n",
  "00-plain/00-run.sh": append("plain"),
  "01-own/00-run.sh": `#!/bin/bash -e\ncat files/x >>"\${ROOTFS_DIR}/seen"\n`,
  "01-own/files/x": "x\n",
  "02-shared/00-run.sh": `#!/bin/bash -e\ncat "\${STAGE_DIR}/files/y" >>"\${ROOTFS_DIR}/seen"\n`,
  "files/y": "y\n",
  "03-two/00-run.sh": append("first"),
  "03-two/01-run.sh": append("second"),
  "04-last/00-run.sh": append("last"),
};
const all = ["base/prerun", "c/prerun", "c/00-plain", "c/01-own", "c/02-shared", "c/03-two"];

describe("a build that has been there before", () => {
  let contract: Contract;
  const file = (path: string) => join(contract.rig.path, "stages/c", path);
  const logs = async () => {
    const directory = join(contract.rig.path, ".pibuild/logs/t");
    const names = (await readdir(directory)).filter((name) => name.endsWith(".log")).sort();
    const times = names.map(async (name) => (await stat(join(directory, name))).mtimeMs);
    return [names, await Promise.all(times)];
  };

  beforeAll(async () => {
    contract = await createContract({ c: stage });
    const first = await contract.build();
    expect(first.executed).toEqual([...all, "c/04-last"]);
  });
  afterAll(() => contract[Symbol.asyncDispose]());

  onSteps("executes nothing, and writes no log anew", async () => {
    const before = await logs();
    const run = await contract.build();
    expect(run).toMatchObject({ executed: [], cached: [...all, "c/04-last"], stderr: "" });
    expect(await logs()).toEqual(before);
  });

  onSteps("executes nothing after files were only touched", async () => {
    for (const path of Object.keys(stage)) await utimes(file(path), 1, 1);
    expect((await contract.build()).executed).toEqual([]);
  });

  onSteps("executes the edited step and what follows it, with what is there now", async () => {
    await contract.rig.write({ "stages/c/04-last/00-run.sh": append("last edited") });
    const run = await contract.build();
    expect(run).toMatchObject({ executed: ["c/04-last"], cached: all });
    expect(run.events).toContainEqual(
      expect.objectContaining({
        type: "step-started",
        reason: { kind: "changed", fields: ["files/04-last/00-run.sh"] },
      }),
    );
    await contract.rig.write({ "stages/c/01-own/files/x": "x edited\n" });
    expect((await contract.build()).executed).toEqual([
      ...["c/01-own", "c/02-shared", "c/03-two", "c/04-last"],
    ]);
    expect(await contract.seen("c/04-last")).toEqual([
      ...["plain", "x edited", "y", "first", "second", "last edited"],
    ]);
  });

  onSteps("executes again a step that reads an edited shared file", async () => {
    await contract.rig.write({ "stages/c/files/y": "y edited\n" });
    // prerun.sh may read `files`, too; its layer comes out as it was, so what follows stays.
    expect((await contract.build()).executed).toEqual([
      ...["c/prerun", "c/02-shared", "c/03-two", "c/04-last"],
    ]);
  });

  onSteps("notices an x bit that is gone, and one that is back", async () => {
    await chmod(file("03-two/01-run.sh"), 0o644);
    expect((await contract.build()).executed).toEqual(["c/03-two", "c/04-last"]);
    expect(await contract.seen("c/04-last")).not.toContain("second");
    await chmod(file("03-two/01-run.sh"), 0o755);
    expect((await contract.build()).executed).toEqual([]);
  });

  onSteps("goes back to earlier layers when an edit is undone", async () => {
    const manifest = () => readFile(join(contract.rig.path, "dist/t/c/manifest.json"), "utf8");
    const before = await manifest();
    await contract.rig.write({ "stages/c/04-last/00-run.sh": append("once more") });
    expect((await contract.build()).executed).toEqual(["c/04-last"]);
    expect(await manifest()).not.toBe(before);
    await contract.rig.write({ "stages/c/04-last/00-run.sh": append("last edited") });
    expect((await contract.build()).executed).toEqual([]);
    expect(await manifest()).toBe(before);
  });

  onSteps("names what changed since the layer it last used, not the one it last made", async () => {
    const edited = { "stages/c/04-last/00-run.sh": append("made last") };
    await contract.rig.write({ ...edited, "stages/c/04-last/02-run.sh": append("new") });
    expect((await contract.build()).executed).toEqual(["c/04-last"]);
    await contract.rig.write({ "stages/c/04-last/00-run.sh": append("last edited") });
    await rm(file("04-last/02-run.sh"));
    expect((await contract.build()).executed).toEqual([]);
    await contract.rig.write(edited);
    expect((await contract.build()).events).toContainEqual(
      expect.objectContaining({
        type: "step-started",
        reason: { kind: "changed", fields: ["files/04-last/00-run.sh"] },
      }),
    );
  });
});
