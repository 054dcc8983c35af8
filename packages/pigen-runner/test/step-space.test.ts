import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { askedMemory, holdsUserAttributes } from "../src/run/step-space.ts";
import { type Contract, createContract, onSteps } from "./contract-stages.ts";
import { leftOvers } from "./left-overs.ts";

const stages = {
  room: {
    "00-awkward/00-run.sh": `#!/bin/bash -e
cd "\${ROOTFS_DIR}"
mkdir a && echo text >a/file && ln a/file a/hard && ln -s file a/soft
mknod a/null c 1 3 && mkfifo a/fifo
setfattr -n user.note -v value a/file
fallocate -l 1M a/swap && fallocate -l 8192 a/small
truncate -s 1M a/sparse && echo end >>a/sparse
rm -r usr/share 2>/dev/null || true
touch -d 2001-01-01 a/file
`,
    "01-large/00-run.sh": `#!/bin/bash
head -c 48M /dev/zero | tr '\\0' x >"\${ROOTFS_DIR}/large"
for number in {1..40}; do echo "goes on \${number}"; done
`,
  },
};

describe("what a step writes", () => {
  let contract: Contract;
  beforeAll(async () => {
    contract = await createContract(stages);
  });
  afterAll(() => contract[Symbol.asyncDispose]());

  const layersWith = async (memory: string) => {
    const run = await contract.build("room", { PIBUILD_STEP_MEMORY: memory });
    expect(run.exitCode).toBe(0);
    const steps = ["base/prerun", "room/00-awkward", "room/01-large"];
    const layers = await Promise.all(steps.map((step) => contract.record(step)));
    const notices = run.events.flatMap((event) => (event.type === "notice" ? event.message : []));
    await contract.rig.pibuild(["clean", "--store"]);
    return { digests: layers.map(({ layer }) => layer.digest), notices };
  };

  onSteps("gives the same layers in memory, on disk, and after it did not fit", async () => {
    const memory = await layersWith("1GiB");
    const disk = await layersWith("0");
    const full = await layersWith("32MiB");
    expect(disk).toEqual({ ...memory, notices: [] });
    expect(full.digests).toEqual(memory.digests);
    expect(full.notices).toContain("room/01-large wrote more than 32.0 MiB; it runs again on disk");
    expect(await leftOvers(contract.rig)).toEqual([]);
  });
});

describe("PIBUILD_STEP_MEMORY", () => {
  test.each([
    [undefined, undefined],
    ["", undefined],
    ["0", 0],
    ["2GiB", 2 * 1024 ** 3],
  ])("%s is %s bytes", (text, bytes) => {
    expect(askedMemory(text === undefined ? {} : { PIBUILD_STEP_MEMORY: text })).toBe(bytes);
  });

  test("that is no size is refused", () => {
    expect(() => askedMemory({ PIBUILD_STEP_MEMORY: "lots" })).toThrow(
      /`lots`; a size such as `4GiB` is expected/,
    );
  });
});

test.each([
  ["6.1.0-31-amd64", false],
  ["6.6.0", true],
  ["6.18.5", true],
  ["5.15.0-100-generic", false],
  ["7.0.0", true],
])("a tmpfs of Linux %s takes user attributes: %s", (release, expected) => {
  expect(holdsUserAttributes(release)).toBe(expected);
});
