import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createExec } from "@pibuild/core";
import { createRig, needs, type Rig } from "@pibuild/test-kit";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { createWindowsRig, type WindowsRig, windowsPath } from "./windows-rig.ts";

const onWindows = needs("wine", "PIBUILD_TEST_NODE_EXE", "git");
const exec = createExec();
// The host's own apt sources count otherwise, and Windows has none.
const mirrors = {
  APT_MIRROR: "http://mirror.example.org/debian",
  APT_SECURITY_MIRROR: "http://mirror.example.org/debian-security",
};

let rig: Rig;
let windows: WindowsRig;
/** The workspace as Git for Windows clones it. */
let clone: string;

beforeAll(async () => {
  if (process.env.PIBUILD_TEST_NODE_EXE === undefined) return;
  rig = await createRig();
  await rig.write({
    "apps/kiosk/image.yaml": "stages: [stages/kiosk]\nsettings: { TARGET_HOSTNAME: kiosk }\n",
    "stages/kiosk/prerun.sh": "#!/bin/bash\nbootstrap\n",
    "stages/kiosk/00-name/00-packages": "vim\n",
    "stages/kiosk/00-name/01-run.sh": '#!/bin/bash\necho "$TARGET_HOSTNAME" "$STAGE_LIST"\n',
    "stages/kiosk/00-name/02-run.sh": { link: "../common/greet.sh" },
    "stages/kiosk/00-name/files": { link: "../common/files" },
    "stages/kiosk/01-more/00-run-chroot.sh": "#!/bin/bash\ntrue\n",
    "stages/kiosk/common/greet.sh": '#!/bin/bash\ninstall files/motd "$ROOTFS_DIR/etc/"\n',
    "stages/kiosk/common/files/motd": "Grüße\n",
    "stages/export/prerun.sh": "#!/bin/bash\ntrue\n",
    "stages/partitions/.keep": "",
  });
  clone = join(rig.path, "..", "clone");
  const git = (...args: readonly string[]) => exec.run({ program: "git", cwd: rig.path, args });
  await git("init", "--quiet");
  await git("add", "--all");
  await git("-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "-qm", "x");
  const plain = ["--config=core.fileMode=false", "--config=core.symlinks=false"];
  await git("clone", "--quiet", ...plain, rig.path, clone);
  windows = await createWindowsRig();
});

afterAll(async () => {
  await windows?.[Symbol.asyncDispose]();
  await rig?.[Symbol.asyncDispose]();
});

describe("on Windows", () => {
  onWindows("the command line starts", async () => {
    const here = await rig.pibuild(["--version"]);
    expect(await windows.pibuild(["--version"], clone)).toMatchObject({
      exitCode: 0,
      stdout: `${here.stdout}\n`,
      stderr: "",
    });
  });

  onWindows("doctor says what it finds", async () => {
    const { exitCode, stdout } = await windows.pibuild(["doctor", "--json"], clone);
    expect({ exitCode, ...JSON.parse(stdout) }).toMatchObject({ exitCode: 4, schema: 1 });
  });

  onWindows("a plan is what it is on Linux", async () => {
    const here = await rig.pibuild(["plan", "kiosk"]);
    const { exitCode, stdout, stderr } = await windows.pibuild(["plan", "kiosk"], clone);
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stdout: `${here.stdout}\n`,
      stderr: "",
    });
    expect(stdout).toContain("kiosk/01-more");
  });

  onWindows("fingerprints are what they are on Linux, but for the host's tools", async () => {
    const script = join(windows.modules, "..", "inputs.mjs");
    await writeFile(
      script,
      `import { openImage } from "@pibuild/pigen-runner";
       const open = await openImage({ workspace: process.argv[2], name: "kiosk" });
       const steps = await Promise.all(open.steps.map((step) => open.describe(step)));
       process.stdout.write(JSON.stringify(steps.map(({ unknown, inputs: { tools, ...inputs } }) => ({ unknown, inputs }))));`,
    );
    const here = await exec.run({ program: "node", args: [script, rig.path], env: mirrors });
    const { stdout } = await windows.node([windowsPath(script), "."], clone, mirrors);
    expect(JSON.parse(stdout)).toEqual(JSON.parse(here.stdout));
    expect(stdout).toContain("files/motd");
  });

  onWindows("lint finds no fault in stages that have none", async () => {
    const { exitCode, stderr } = await windows.pibuild(["lint", "kiosk"], clone);
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining("nothing found in 2 stages"),
    });
  });

  onWindows("the schema is printed", async () => {
    const here = await rig.pibuild(["config", "schema"]);
    const { stdout } = await windows.pibuild(["config", "schema"], clone);
    expect(stdout.trimEnd()).toBe(here.stdout);
  });

  onWindows("what needs Linux says so", async () => {
    const { exitCode, stderr } = await windows.pibuild(["shell", "kiosk", "kiosk/prerun"], clone);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 4,
      stderr:
        "error: a shell in the image needs Linux, and this is Windows\n\nhint: run it in WSL\n",
    });
  });
});
