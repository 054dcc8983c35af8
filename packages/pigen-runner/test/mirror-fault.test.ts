import { afterAll, beforeAll, describe, expect } from "vitest";
import { type Contract, createContract, onSteps, type TaskRun } from "./contract-stages.ts";

const fault =
  "E: Failed to fetch http://m.example.org/debian/pool/h/hello_1_arm64.deb  404  Not Found [IP: 192.0.2.1 80]";

describe("a package that the mirror no longer has", () => {
  let contract: Contract;
  let run: TaskRun;

  beforeAll(async () => {
    contract = await createContract({
      i: {
        "00-index/00-run-chroot.sh": "apt-get update\n",
        "01-other/00-run-chroot.sh": "true\n",
        "02-install/00-run-chroot.sh": `echo "${fault}"\nexit 100\n`,
      },
    });
    run = await contract.build();
  });
  afterAll(() => contract[Symbol.asyncDispose]());

  onSteps("is the mirror's fault, and the exit code says so", () => {
    expect(run.exitCode).toBe(5);
    expect(run.stderr).toContain("failed: 404 Not Found");
  });

  onSteps(
    "is found again after the command that is printed, and nothing else is lost",
    async () => {
      const [, command = ""] =
        /hint: .*run `pibuild ([^`]+)`, then build again/.exec(run.stderr) ?? [];
      expect(command).toBe("clean t --from i/00-index");
      expect((await contract.rig.pibuild(command.split(" "))).exitCode).toBe(0);
      const again = await contract.build();
      expect(again.cached).toContain("base/prerun");
      expect(again.executed).toEqual(["i/00-index", "i/02-install"]);
    },
  );

  onSteps("is not renewed by a step that the image does not have", async () => {
    const clean = (...args: readonly string[]) => contract.rig.pibuild(["clean", ...args]);
    expect(await clean("t", "--from", "i/0-index")).toMatchObject({ exitCode: 2 });
    expect(await clean("--from", "i/00-index")).toMatchObject({ exitCode: 2 });
  });
});
