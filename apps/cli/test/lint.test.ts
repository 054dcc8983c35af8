import { fileURLToPath } from "node:url";
import { createExec, findProgram, ownMounts } from "@pibuild/core";
import { absentPin, createRig, needs } from "@pibuild/test-kit";
import { expect, test } from "vitest";

const checked = needs("shellcheck");
const clean = {
  "apps/pi/image.yaml": "stages: [stages/one]\n",
  "stages/one/prerun.sh": "#!/bin/bash -e\ncopy_previous\n",
  "stages/export/prerun.sh": "#!/bin/bash -e\ncopy_previous\n",
  "stages/partitions/.keep": "",
};
const withWarning = { ...clean, "stages/one/SKIP_IMAGES": "" };
const withErrors = {
  ...withWarning,
  "stages/one/00-a/00-run.sh": "#!/bin/bash -e\n\trm /etc/hosts\n",
  "stages/one/00-a/01-run-chroot.sh": "a=1\n",
};

checked("errors are listed as compilers do, and end with exit code 7", async () => {
  await using rig = await createRig();
  await rig.write(withErrors);
  const { exitCode, stdout, stderr } = await rig.pibuild(["lint", "pi"]);
  expect(exitCode).toBe(7);
  expect(stdout).toMatchInlineSnapshot(`
    "stages/one/00-a/00-run.sh:2:5: error: \`rm\` changes \`/etc/hosts\` of the machine that builds; write below "$ROOTFS_DIR", or run it in the image with \`on_chroot << EOF\` (HOST_TOUCHED)
    stages/one/00-a/01-run-chroot.sh:1:1: warning: a appears unused. Verify use (or export if used externally) (SC2034)
    stages/one/SKIP_IMAGES: warning: has nothing to skip: the stage has no \`EXPORT_IMAGE\`; remove it, or name it \`SKIP\` to leave out the stage (SKIP_IMAGES_IDLE)"
  `);
  expect(stderr.trim()).toMatchInlineSnapshot(`
    "error: 1 error and 2 warnings in stages

    hint: to allow one, write a comment \`# pibuild: allow CODE reason\` on its line or above it; where no line is named, anywhere in its file"
  `);
});

test("warnings alone are listed and fail nothing", async () => {
  await using rig = await createRig();
  await rig.write(withWarning);
  const { exitCode, stdout, stderr } = await rig.pibuild(["lint", "stages/one"]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^stages\/one\/SKIP_IMAGES: warning: .* \(SKIP_IMAGES_IDLE\)$/);
  expect(stderr).toContain("1 warning in 1 stage (1 script)");
});

test("without a name every image of the workspace is read", async () => {
  await using rig = await createRig();
  await rig.write(clean);
  const { exitCode, stdout, stderr } = await rig.pibuild(["lint"]);
  expect([exitCode, stdout]).toEqual([0, ""]);
  expect(stderr).toContain("nothing found in 3 stages (2 scripts)");
});

test("an image whose pi-gen is not here yet is read but for the order of its stages", async () => {
  await using rig = await createRig();
  await rig.write({
    ...clean,
    "apps/pi/image.yaml": "stages: [pi-gen/stage0, stages/one]\n",
    "pi-gen-pin.env": absentPin,
  });
  const { exitCode, stdout, stderr } = await rig.pibuild(["lint"]);
  expect([exitCode, stdout]).toEqual([0, ""]);
  // The export is pi-gen's, too.
  expect(stderr).toContain("the order of pi's stages was not looked at (pibuild sync)");
  expect(stderr).toContain("nothing found in 2 stages (1 script)");
});

checked("with --json standard output is one document", async () => {
  await using rig = await createRig();
  await rig.write(withErrors);
  const { exitCode, stdout } = await rig.pibuild(["lint", "--json"]);
  expect(exitCode).toBe(7);
  const { findings, ...rest } = JSON.parse(stdout);
  expect(rest).toEqual({ schema: 1, stages: 3, scripts: 4, errors: 1, warnings: 2, missing: [] });
  expect(findings[0]).toEqual({
    file: "stages/one/00-a/00-run.sh",
    line: 2,
    column: 5,
    severity: "error",
    code: "HOST_TOUCHED",
    message: expect.stringContaining("`rm` changes `/etc/hosts`"),
  });
});

test("a name that is neither an image nor a directory is wrong usage", async () => {
  await using rig = await createRig();
  await rig.write(clean);
  const { exitCode, stderr } = await rig.pibuild(["lint", "pie"]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("`pie` is neither an image (did you mean `pi`?) nor a directory");
});

needs(
  "root",
  "shellcheck",
  "unshare",
)("without shellcheck the other rules hold, and one line says what is missing", async () => {
  await using rig = await createRig();
  await rig.write(withErrors);
  const cli = fileURLToPath(new URL("../bin/pibuild.mjs", import.meta.url));
  const hide = 'mount --bind /dev/null "$1"; shift; exec "$@"';
  const { exitCode, stdout, stderr } = await createExec().run({
    program: "unshare",
    args: [
      ...ownMounts,
      ...["bash", "-c", hide, "bash"],
      findProgram("shellcheck") ?? "",
      ...[process.execPath, cli, "lint", "pi"],
    ],
    cwd: rig.path,
    allowExit: [7],
  });
  expect(exitCode).toBe(7);
  expect(stdout).toContain("(HOST_TOUCHED)");
  expect(stdout).not.toContain("SC2034");
  expect(stderr.split("\n")[0]).toBe(
    "note: shellcheck is not here, so its findings are missing (apt-get install shellcheck)",
  );
});
