import { chmod, mkdir, readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createExec, ownMounts } from "@pibuild/core";
import { type CliResult, createRig, needs, type Rig } from "@pibuild/test-kit";
import { expect, test } from "vitest";

const steps = needs("own mount namespace", "mksquashfs");
const plainStage = {
  "stages/one/00-a/00-run.sh": "#!/bin/bash -e\ntrue\n",
  "stages/export/.keep": "",
  "stages/partitions/.keep": "",
};

/** stderr without the paths of this run. */
function said({ stderr }: CliResult, rig: Rig): string {
  return stderr.replaceAll(rig.path, "<workspace>").replaceAll(rig.store, "<store>");
}

test("an unknown image is told apart from a typo", async () => {
  await using rig = await createRig();
  await rig.write({ "apps/pi/image.yaml": "stages: [stages/one]\n", ...plainStage });
  const result = await rig.pibuild(["plan", "pie"]);
  expect(result.exitCode).toBe(2);
  expect(said(result, rig)).toContain("there is no image `pie`");
  expect(said(result, rig)).toContain("hint: did you mean `pi`?");
});

test("a misspelt key is shown in its line", async () => {
  await using rig = await createRig();
  await rig.write({
    "apps/pi/image.yaml": "stages: [stages/one]\nrelese: trixie\n",
    ...plainStage,
  });
  const result = await rig.pibuild(["plan", "pi"]);
  expect(result.exitCode).toBe(3);
  expect(said(result, rig).trim()).toMatchInlineSnapshot(`
    "error: unknown key \`relese\`
      at apps/pi/image.yaml:2:1
         relese: trixie
         ~~~~~~
    hint: did you mean \`release\`?"
  `);
});

test("a missing key is named", async () => {
  await using rig = await createRig();
  await rig.write({ "apps/pi/image.yaml": "release: trixie\n" });
  const result = await rig.pibuild(["plan", "pi"]);
  expect(result.exitCode).toBe(3);
  expect(said(result, rig)).toContain("stages");
});

test("a stage that does not exist is named with its line", async () => {
  await using rig = await createRig();
  await rig.write({
    "apps/pi/image.yaml": "stages:\n  - stages/one\n  - stages/tow\n",
    ...plainStage,
  });
  const result = await rig.pibuild(["plan", "pi"]);
  expect(result.exitCode).toBe(3);
  expect(said(result, rig).trim()).toMatchInlineSnapshot(`
    "error: apps/pi/image.yaml:3:5: stage \`stages/tow\` does not exist (looked in \`<workspace>/stages/tow\`)

    hint: check the spelling under \`stages:\`; paths are relative to the workspace"
  `);
});

test("files of a stage that never run are warned of, and nothing fails", async () => {
  await using rig = await createRig();
  await rig.write({
    "apps/pi/image.yaml": "stages: [stages/one]\n",
    ...plainStage,
    "stages/one/run.sh": "#!/bin/bash\n",
    "stages/one/00-a/00-run-00-pre.sh": "#!/bin/bash\n",
    "stages/one/00-a/01-run.sh.patch": "",
    "stages/one/00-a/01-run.sh": "#!/bin/bash\n",
  });
  await chmod(join(rig.path, "stages/one/00-a/01-run.sh"), 0o644);
  const result = await rig.pibuild(["plan", "pi"]);
  expect(result.exitCode).toBe(0);
  expect(said(result, rig).trim()).toMatchInlineSnapshot(`
    "warning: <workspace>/stages/one/run.sh: never runs: in a stage's own directory only \`prerun.sh\` does
    hint: move it into a sub-stage, such as \`00-name/00-run.sh\`
    warning: <workspace>/stages/one/00-a/00-run-00-pre.sh, <workspace>/stages/one/00-a/01-run.sh.patch: each never runs: its name matches nothing
    hint: names are \`NN-debconf\`, \`NN-packages-nr\`, \`NN-packages\`, \`NN-patches/\`, \`NN-run.sh\`, \`NN-run-chroot.sh\`
    warning: <workspace>/stages/one/00-a/01-run.sh: never runs: it is not executable
    hint: chmod +x <workspace>/stages/one/00-a/01-run.sh"
  `);
});

test.each([
  [["biuld", "pi"], "there is no command `biuld`", "did you mean `build`?"],
  [["run", "pi"], "there is no command `run`", "run `pibuild help` for the commands"],
  [["build"], "name the image", "images here: other, pi"],
  [["why", "pi", "x", "y"], "`y` is one argument too many", "run `pibuild help <command>`"],
  [["build", "pi", "--targt=x"], "there is no flag `--targt`", "did you mean `--target`?"],
  [["build", "pi", "--foo"], "there is no flag `--foo`", "run `pibuild help <command>`"],
  [["build", "pi", "--runner", "layerd"], "cannot be `layerd`", "did you mean `layered`?"],
  [["build", "pi", "--target"], "`--target` needs a value", "run `pibuild help <command>`"],
])(
  "%j is answered with what is wrong and what to do, and exit code 2",
  async (args, what, todo) => {
    await using rig = await createRig();
    const image = "stages: [stages/one]\n";
    await rig.write({ "apps/pi/image.yaml": image, "apps/other/image.yaml": image });
    const { exitCode, stderr, stdout } = await rig.pibuild(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(/^error: /);
    expect(stderr).toContain(what);
    expect(stderr).toContain(`\nhint: ${todo}`);
  },
);

test.each([[["help"]], [["help", "build"]], [["help", "payload", "sign"]]])(
  "%j prints what --help prints",
  async ([, ...words]) => {
    await using rig = await createRig();
    const help = await rig.pibuild(["help", ...words]);
    expect(help).toEqual(await rig.pibuild([...words, "--help"]));
    expect(help).toMatchObject({ exitCode: 0, stderr: "" });
    expect(help.stdout).toMatch(/^USAGE\n/);
  },
);

test("a step that the image does not have is answered with those it has", async () => {
  await using rig = await createRig();
  await rig.write({ "apps/pi/image.yaml": "stages: [stages/one]\n", ...plainStage });
  const result = await rig.pibuild(["why", "pi", "one/00-b"]);
  expect(result.exitCode).toBe(2);
  expect(result.stderr).toContain("one/00-a");
});

test.each([
  [["plan", "debian-lit"], "did you mean `debian-lite`?"],
  [["plan", "kiosk"], "images here: broken, debian-lite"],
  [["why", "debian-lite", "oen/00-a"], "did you mean `one/00-a`? `pibuild plan debian-lite`"],
  [["why", "debian-lite", "00-a"], "did you mean `one/00-a`?"],
  [["why", "debian-lite", "dsik"], "did you mean `disk`?"],
  [["build", "debian-lite", "--target", "artefacts"], "did you mean `artifacts`?"],
  [
    ["build", "debian-lite", "--target", "qemu"],
    "its targets are one, partitions, export, disk, artifacts",
  ],
  [["plan", "broken"], "did you mean `stages/one`?"],
])("%j is answered with what may have been meant", async (args, answer) => {
  await using rig = await createRig();
  await rig.write({
    "apps/debian-lite/image.yaml": "stages: [stages/one]\n",
    "apps/broken/image.yaml": "stages: [stages/onne]\n",
    ...plainStage,
  });
  expect((await rig.pibuild([...args, "--venue", "native"])).stderr).toContain(answer);
});

test("the launcher's workspace is meant wherever it is called, and paths start where it is called", async () => {
  await using rig = await createRig();
  await using elsewhere = await createRig();
  await rig.write({ "apps/pi/image.yaml": "stages: [stages/one]\n", ...plainStage });
  await elsewhere.write({
    "apps/other/image.yaml": "stages: [two]\n",
    "two/prerun.sh": "#!/bin/sh\n",
  });
  const launched = (...args: string[]) =>
    elsewhere.pibuild(args, { PIBUILD_WORKSPACE: rig.path, PIBUILD_VENUE: "native" });
  expect((await launched("plan", "pi")).stdout).toMatch(/^one\/00-a +run/m);
  expect((await launched("plan", "other")).stderr).toContain("images here: pi");
  expect(JSON.parse((await launched("lint", "two", "--json")).stdout)).toMatchObject({ stages: 1 });
  expect((await launched("lint", "pie")).stderr).toContain("did you mean `pi`?");
});

steps("without root and without sudo the task says so before it changes anything", async () => {
  await using rig = await createRig();
  await rig.write({ "apps/pi/image.yaml": "stages: [stages/one]\n", ...plainStage });
  const result = await asNobody(rig, ["task", "pi", "one"]);
  expect(result.exitCode).toBe(4);
  expect(result.stderr).toContain("needs root, and `sudo` was not found or refused");
});

steps("a host that cannot run arm64 programs is told how to change that", async () => {
  await using rig = await createRig();
  await rig.write({ "apps/pi/image.yaml": "stages: [stages/one]\n", ...plainStage });
  const empty = join(rig.path, "empty");
  await mkdir(empty);
  const result = await asNobody(rig, ["task", "pi", "binfmt"], empty);
  expect(result.exitCode).toBe(4);
  expect(result.stderr).toContain("this host cannot run arm64 programs");
  expect(result.stderr).toContain("pibuild doctor --fix");
});

steps("a disk that fills up is named, and earlier layers stay", async () => {
  await using rig = await createRig();
  await rig.write({
    "apps/pi/image.yaml": "stages: [stages/one]\n",
    "stages/one/prerun.sh": '#!/bin/bash -e\nmkdir -p "${ROOTFS_DIR}/etc"\n',
    "stages/one/00-a/00-run.sh":
      '#!/bin/bash -e\ndd if=/dev/urandom of="${ROOTFS_DIR}/etc/big" bs=1M count=64\n',
    "stages/export/.keep": "",
    "stages/partitions/.keep": "",
  });
  await mkdir(rig.store);
  const exec = createExec();
  await exec.run({ program: "mount", args: ["-t", "tmpfs", "-o", "size=32m", "tmpfs", rig.store] });
  const onDisk = await rig.pibuild(["task", "pi", "one"], { PIBUILD_STEP_MEMORY: "0" });
  expect(onDisk.exitCode).toBe(4);
  expect(said(onDisk, rig)).toContain("Caused by: no room left on the filesystem of `<store>`");
  const inMemory = await rig.pibuild(["task", "pi", "one"], { PIBUILD_STEP_MEMORY: "1GiB" });
  expect(inMemory.exitCode).toBe(4);
  expect(said(inMemory, rig)).toContain("no room left on the filesystem of `<store>`");
  const plan = await rig.pibuild(["plan", "pi"]);
  expect(plan.stdout).toMatch(/one\/prerun +cached/);
  expect((await readdir(join(rig.store, "runs"))).length).toBe(0);
});

needs(
  "own mount namespace",
  "mmdebstrap",
  "mksquashfs",
)("a mirror that answers 404 is named with its address", async () => {
  await using rig = await createRig();
  const server = createServer((_request, response) => response.writeHead(404).end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}/debian`;
  await rig.write({
    "apps/pi/image.yaml": `stages: [stages/one]\nsettings: { APT_MIRROR: "${mirror}" }\n`,
    "stages/one/prerun.sh": '#!/bin/bash -e\nbootstrap "${RELEASE}" "${ROOTFS_DIR}"\n',
    "stages/export/.keep": "",
    "stages/partitions/.keep": "",
  });
  const result = await rig.pibuild(["task", "pi", "one"]);
  server.close();
  expect(result.exitCode).toBe(5);
  expect(result.stderr).toContain("step `one/prerun` failed in `prerun.sh`");
  expect(result.stderr).toMatch(new RegExp(`Caused by: mirror \`${mirror}\\S*\` failed: 404`));
  const log = await readFile(join(rig.path, ".pibuild/logs/pi/one--prerun.log"), "utf8");
  expect(log).toContain("404");
});

/** Runs the command line as a user without rights, who may read what root may; `handlers` in place of binfmt_misc. */
async function asNobody(rig: Rig, args: readonly string[], handlers = ""): Promise<CliResult> {
  // In mounts of its own: tests that run beside this one need the machine's handlers.
  const script = `if [ -n "$1" ]; then mount --bind "$1" /proc/sys/fs/binfmt_misc; fi
shift
exec unshare --user --map-user=65534 --map-group=65534 "$@"`;
  const cli = fileURLToPath(new URL("../bin/pibuild.mjs", import.meta.url));
  const { exitCode, stdout, stderr } = await createExec().run({
    program: "unshare",
    args: [
      ...ownMounts,
      ...["bash", "-ec", script, "bash", handlers],
      ...[process.execPath, cli, ...args],
    ],
    cwd: rig.path,
    env: { PIBUILD_STORE: rig.store, PIBUILD_CACHE: join(rig.path, "cache") },
    allowExit: Array.from({ length: 256 }, (_, code) => code),
  });
  return { exitCode, stdout, stderr };
}
