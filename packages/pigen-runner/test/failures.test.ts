import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createExec } from "@pibuild/core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { type Contract, createContract, onSteps, type TaskRun } from "./contract-stages.ts";
import { leftOvers } from "./left-overs.ts";

/** One stage for each way to fail; every one is built over the same base. */
const ways = {
  code: {
    "00-x/00-run.sh": `#!/bin/bash
echo half >"\${ROOTFS_DIR}/half"
echo half >"\${STAGE_WORK_DIR}/half"
on_chroot <<<true
sleep 1000 </dev/null >/dev/null 2>&1 &
for i in {1..30}; do echo "line \${i}"; done
exit 7
`,
    "00-x/01-run.sh": "#!/bin/bash\necho never >>/nowhere\n",
    "01-y/00-run.sh": "#!/bin/bash\n",
  },
  chroot: { "00-x/00-run-chroot.sh": "echo before\nfalse\necho never\n" },
  apt: { "00-x/00-packages": "no-such-package\n", "00-x/01-run.sh": "#!/bin/bash\n" },
  prerun: { "prerun.sh": "#!/bin/bash\nexit 3\n" },
  signal: { "00-x/00-run.sh": "#!/bin/bash\nkill -SEGV $$\n" },
};

describe("a step that fails", () => {
  let contract: Contract;
  let code: TaskRun;

  beforeAll(async () => {
    contract = await createContract(ways);
    for (const way of Object.keys(ways)) {
      await contract.rig.write({
        [`apps/${way}/image.yaml`]: `stages: [stages/base, stages/${way}]\nexport: stages/export\n`,
      });
    }
    code = await contract.build("code", {}, "code");
  });
  afterAll(() => contract[Symbol.asyncDispose]());

  onSteps("says which step and action, its last lines, the log and the way in", () => {
    const log = join(contract.rig.path, ".pibuild/logs/code/code--00-x.log");
    expect(code.exitCode).toBe(6);
    expect(code.stderr.trimEnd().split("\n")).toEqual([
      "error: step `code/00-x` failed in `00-run.sh`: `00-run.sh` exited with 7",
      ...Array.from({ length: 20 }, (_, index) => `  | line ${index + 11}`),
      `  log: ${log}`,
      "",
      "hint: open a shell in the failed state with `pibuild shell code code/00-x`",
    ]);
  });

  onSteps("writes a complete log, and runs nothing after the failure", async () => {
    const log = join(contract.rig.path, ".pibuild/logs/code/code--00-x.log");
    const text = await readFile(log, "utf8");
    expect(text).toMatch(/Begin .*00-run\.sh\nline 1\n(?:line \d+\n)*line 30\n$/);
    expect(code.executed).toEqual(["base/prerun", "code/00-x"]);
  });

  onSteps("leaves no process, mount, loop device or run directory", async () => {
    expect(await leftOvers(contract.rig)).toEqual([]);
  });

  onSteps("is left as it was for a shell, in which nothing is lasting", async () => {
    const shell = (input: string, ...flags: string[]) =>
      contract.rig.pibuild(["shell", "code", "code/00-x", ...flags], {}, { input });
    // The state stays for as long as the shell does: by then it can be changed, and listed.
    const changes = "sleep 1; cat /half; rm /half; mkdir /gone; ls -d /[b-g]*n* /gone/..; exit 9";
    expect(await shell(changes)).toMatchObject({
      exitCode: 9,
      stdout: "half\n/bin\n/gone\n/gone/..",
    });
    expect(await shell("cat /half; ls -d /gone")).toMatchObject({ stdout: "half", exitCode: 2 });
    expect(await shell("cat /half; ls /bin/bash", "--before")).toMatchObject({
      stdout: "/bin/bash",
    });
    expect(await leftOvers(contract.rig)).toEqual([]);
  });

  onSteps("without a tree to open says so", async () => {
    await using bare = await createContract({});
    await bare.rig.write({ "stages/base/prerun.sh": "#!/bin/bash\nexit 4\n" });
    expect((await bare.build("base")).exitCode).toBe(6);
    for (const flags of [[], ["--before"]]) {
      const shell = await bare.rig.pibuild(["shell", "t", "base/prerun", ...flags]);
      expect(shell.exitCode).toBe(2);
      expect(shell.stderr).toContain("its tree is not made yet");
    }
  });

  for (const [image, step, action, how] of [
    ["chroot", "chroot/00-x", "00-run-chroot.sh", "exited with 1"],
    ["apt", "apt/00-x", "00-packages", "exited with 100"],
    ["prerun", "prerun/prerun", "prerun.sh", "exited with 3"],
    ["signal", "signal/00-x", "00-run.sh", "exited with 139"],
  ] as const) {
    onSteps(`fails the task, whatever fails: ${image}`, async () => {
      const run = await contract.build(image, {}, image);
      expect(run.exitCode).toBe(6);
      expect(run.stderr).toContain(
        `step \`${step}\` failed in \`${action}\`: \`${action}\` ${how}`,
      );
      expect(run.stderr).not.toContain("never");
    });
  }
});

describe("the hint of a step that failed", () => {
  const yaml = "settings: { DISABLE_FIRST_BOOT_USER_RENAME: 1 }";
  const script = ': "${FIRST_USER_PASS}"\necho half >/half\nfalse\n';

  for (const [where, env] of [
    ["by itself", { FIRST_USER_PASS: "from the environment" }],
    ["in a file", { FIRST_USER_PASS_FILE: "pass word" }],
  ] as const)
    onSteps(`works as it is printed, with a password ${where}`, async () => {
      await using contract = await createContract({
        p: {
          "00-read/00-run-chroot.sh": ': "${FIRST_USER_PASS}"\n',
          "01-x/00-run-chroot.sh": script,
        },
      });
      await contract.rig.write({
        "pass word": "in a file",
        ...("FIRST_USER_PASS_FILE" in env
          ? { "apps/t/image.yaml": await withYaml(contract, yaml) }
          : {}),
      });
      const run = await contract.build("p", env);
      const [, command = ""] = /hint: .*with `([^`]+)`$/m.exec(run.stderr) ?? [];
      expect(command).toMatch(/pibuild shell t p\/01-x$/);
      const cli = fileURLToPath(new URL("../../../apps/cli/bin/pibuild.mjs", import.meta.url));
      const { stdout } = await createExec().run({
        program: "bash",
        args: ["-c", `pibuild() { node "$cli" "$@"; }; ${command} <<<"cat /half"`],
        cwd: contract.rig.path,
        env: { cli, ...contract.rig.env },
      });
      expect(stdout).toBe("half");
    });
});

async function withYaml({ rig }: Contract, more: string): Promise<string> {
  return `${await readFile(join(rig.path, "apps/t/image.yaml"), "utf8")}${more}\n`;
}
