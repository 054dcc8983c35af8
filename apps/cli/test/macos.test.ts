import { fileURLToPath } from "node:url";
import { createExec, ownMounts } from "@pibuild/core";
import { createRig, needs, type Rig } from "@pibuild/test-kit";
import { describe, expect } from "vitest";

const exec = createExec();
const cli = fileURLToPath(new URL("../bin/pibuild.mjs", import.meta.url));
const asOnMac = `data:text/javascript,Object.defineProperty(process, "platform", { value: "darwin" })`;

/** Runs Node.js where it says that it is on a Mac, and there is no /proc. */
async function nodeOnMac(args: readonly string[], env: Record<string, string>, cwd: string) {
  const script = 'mount -t tmpfs none /proc && exec "$@"';
  const node = [process.execPath, `--import=${asOnMac}`, ...args];
  const { exitCode, stdout, stderr } = await exec.run({
    program: "unshare",
    args: [...ownMounts, "bash", "-c", script, "bash", ...node],
    cwd,
    env,
    allowExit: Array.from({ length: 256 }, (_, code) => code),
  });
  return { exitCode, stdout, stderr };
}

function onMac(rig: Rig, ...args: readonly string[]) {
  const env = {
    ...{ PIBUILD_STORE: rig.store, PIBUILD_CACHE: `${rig.store}/cache`, NO_COLOR: "1" },
    // An engine that runs here would run the steps.
    DOCKER_HOST: "unix:///nowhere/docker.sock",
  };
  return nodeOnMac([cli, ...args], env, rig.path);
}

async function workspace(): Promise<Rig> {
  const rig = await createRig();
  await rig.write({
    "apps/kiosk/image.yaml": "stages: [stages/kiosk]\n",
    "stages/kiosk/prerun.sh": "#!/bin/bash\nbootstrap\n",
    "stages/export/prerun.sh": "#!/bin/bash\ntrue\n",
    "stages/partitions/.keep": "",
  });
  return rig;
}

describe("on macOS", () => {
  const test = needs("own mount namespace", "git", "unshare");

  test("a plan is what it is on Linux", async () => {
    await using rig = await workspace();
    expect(await onMac(rig, "plan", "kiosk")).toEqual(await rig.pibuild(["plan", "kiosk"]));
  });

  test("doctor says what it finds", async () => {
    await using rig = await workspace();
    const { exitCode, stdout } = await onMac(rig, "doctor", "--json");
    expect({ exitCode, ...JSON.parse(stdout) }).toMatchObject({ exitCode: 4, schema: 1 });
  });

  test("lint and the schema need nothing of Linux", async () => {
    await using rig = await workspace();
    expect(await onMac(rig, "lint", "kiosk")).toMatchObject({ exitCode: 0 });
    expect(await onMac(rig, "config", "schema")).toEqual(await rig.pibuild(["config", "schema"]));
  });

  test("what needs Linux says so", async () => {
    await using rig = await workspace();
    expect(await onMac(rig, "shell", "kiosk", "kiosk/prerun")).toEqual({
      exitCode: 4,
      stdout: "",
      stderr:
        "error: a shell in the image needs Linux, and this is macOS\n\nhint: run it on a Linux machine, or in a virtual one",
    });
  });

  test("a build notices that the process it belongs to is gone, and no sooner", async () => {
    const owner = fileURLToPath(new URL("../src/privilege/owner.ts", import.meta.url));
    const script = `
      import { thisProcess, watchOwner } from ${JSON.stringify(owner)};
      // Looked at before the other, each time.
      watchOwner({ owner: await thisProcess() }, () => process.stdout.write("this process is gone; "));
      watchOwner({ owner: "4194305 unknown" }, () => process.exit(process.stdout.write("the other is gone") ? 0 : 1));
      setInterval(() => {}, 1000);`;
    const args = ["--input-type=module-typescript", "--eval", script];
    expect(await nodeOnMac(args, {}, "/")).toMatchObject({ stdout: "the other is gone" });
  });
});
