import { createExec, ownMounts } from "@pibuild/core";
import { createRig, needs, type Rig } from "@pibuild/test-kit";
import { expect } from "vitest";

const cli = new URL("../../bin/pibuild.mjs", import.meta.url).pathname;
const onRoot = needs("own mount namespace", "mksquashfs", "qemu-aarch64-static");

/** What the command line says in a machine that lacks something: its exit code and both its streams. */
type Host = (rig: Rig, args: readonly string[]) => Promise<{ exitCode: number; said: string }>;

/** A machine that is made poorer by a line of shell, in mounts of its own. */
const after =
  (line: string): Host =>
  (rig, args) =>
    run(rig, "unshare", [...ownMounts, "bash", "-ec", `${line}; exec "$@"`, "bash"], args);

/** A container that nobody gave CAP_SYS_ADMIN. */
const withoutSysAdmin: Host = (rig, args) =>
  run(rig, "setpriv", ["--bounding-set", "-sys_admin", "--inh-caps", "-sys_admin"], args);

async function run(
  rig: Rig,
  program: "unshare" | "setpriv",
  before: readonly string[],
  args: readonly string[],
) {
  const { exitCode, stdout, stderr } = await createExec().run({
    ...{ program, args: [...before, process.execPath, cli, ...args] },
    ...{ cwd: rig.path, allowExit: [4] },
    env: { PIBUILD_STORE: rig.store, NO_COLOR: "1" },
  });
  return { exitCode, said: stdout + stderr };
}

async function smallImage(): Promise<Rig> {
  const rig = await createRig();
  await rig.write({
    "apps/pi/image.yaml": "stages: [stages/one]\n",
    "stages/one/prerun.sh": '#!/bin/bash -e\nmkdir "${ROOTFS_DIR}"\n',
    "stages/export/.keep": "",
    "stages/partitions/.keep": "",
  });
  return rig;
}

const checks = ["doctor", "pi", "--only", "namespaces,twin,kernel,store"];

onRoot("without /proc, doctor says so, a build says so, and a plan is made", async () => {
  await using rig = await smallImage();
  const host = after("mount -t tmpfs tmpfs /proc");
  const { exitCode, said } = await host(rig, checks);
  expect(exitCode).toBe(4);
  expect(said).toMatch(
    /^fail +namespaces +there is no \/proc.*\n +fix: mount -t proc proc \/proc$/m,
  );
  expect((await host(rig, ["task", "pi", "one"])).said).toContain("needs /proc");
  expect((await host(rig, ["plan", "pi"])).exitCode).toBe(0);
});

onRoot("with a read-only /proc/sys, as containers have it, programs are redirected", async () => {
  await using rig = await smallImage();
  const host = after("mount --bind /proc/sys /proc/sys; mount -o remount,bind,ro /proc/sys");
  const { exitCode, said } = await host(rig, checks);
  expect(exitCode, said).toBe(0);
  expect((await host(rig, ["task", "pi", "one"])).exitCode).toBe(0);
});

onRoot("root without CAP_SYS_ADMIN is told what a container has to be started with", async () => {
  await using rig = await smallImage();
  const { exitCode, said } = await withoutSysAdmin(rig, checks);
  expect(exitCode).toBe(4);
  expect(said).toMatch(
    /^fail +namespaces +refused .*\n +fix: in a container: .*--cap-add SYS_ADMIN/m,
  );
  // The filesystem is not to blame.
  expect(said).toMatch(/^ok +store /m);
  const build = await withoutSysAdmin(rig, ["task", "pi", "one"]);
  expect(build.exitCode).toBe(4);
  expect(build.said).toContain("--cap-add SYS_ADMIN");
});
