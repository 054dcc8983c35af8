import { expect } from "vitest";
import { createContract, onSteps } from "./contract-stages.ts";
import { leftOvers } from "./left-overs.ts";

const script = (lines: string) => `#!/bin/bash -e\ncd "\${ROOTFS_DIR}"\n${lines}\n`;

onSteps("writes to two names of one file are all in it, in memory and on disk", async () => {
  await using contract = await createContract({
    n: {
      "00-make/00-run.sh": script(
        "mkdir -p opt/far; echo text >opt/a; ln opt/a opt/b; ln opt/a opt/far/c",
      ),
      "01-write/00-run.sh": script("echo one >>opt/a; echo two >>opt/b; chmod 600 opt/far/c"),
      "02-look/00-run.sh": script("{ cat opt/far/c; stat -c '%h %a' opt/a; } >>seen"),
    },
  });
  for (const memory of ["1GiB", "0"]) {
    const run = await contract.build("n", { PIBUILD_STEP_MEMORY: memory });
    expect(run).toMatchObject({ exitCode: 0, executed: expect.arrayContaining(["n/01-write"]) });
    const notices = run.events.flatMap((event) => (event.type === "notice" ? event.message : []));
    expect(notices).toEqual([
      "n/01-write wrote to several names of one file (`/opt/a`, `/opt/b`, `/opt/far/c`), which came apart; it runs again with them together",
    ]);
    expect(await contract.seen("n/02-look")).toEqual(["text", "one", "two", "3 600"]);
    await contract.rig.pibuild(["clean", "--store"]);
  }
  expect(await leftOvers(contract.rig)).toEqual([]);
});
