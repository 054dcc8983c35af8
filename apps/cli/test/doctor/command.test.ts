import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { createExec, ownMounts, searchPath } from "@pibuild/core";
import { createRig, needs } from "@pibuild/test-kit";
import { expect, test } from "vitest";
import { checks } from "../../src/doctor/checks.ts";

const cli = fileURLToPath(new URL("../../bin/pibuild.mjs", import.meta.url));
const images = {
  "apps/plain/image.yaml": "stages: [stages/one]\n",
  "apps/desk/image.yaml": "stages: [pi-gen/stage0, pi-gen/stage3]\n",
  "stages/one/prerun.sh": "#!/bin/bash -e\ntrue\n",
  "stages/export/prerun.sh": "#!/bin/bash -e\ntrue\n",
  "stages/partitions/.keep": "",
};
const offline = [
  "--only",
  checks
    .map(({ name }) => name)
    .filter((name) => name !== "mirrors" && name !== "clock")
    .join(","),
];

/** The rows of a JSON report by their names. */
function rows(stdout: string): Record<string, { status: string; detail: string; fix?: string }> {
  const { findings } = JSON.parse(stdout);
  return Object.fromEntries(findings.map((row: { check: string }) => [row.check, row]));
}

test("every check that applies is a line, in the table's order", async () => {
  await using rig = await createRig();
  await rig.write(images);
  const { stdout, stderr } = await rig.pibuild(["doctor", "plain", ...offline]);
  const shown = [...stdout.matchAll(/^(?:ok|warn|fail) +([\w-]+) /gm)].map(([, name]) => name);
  const known = checks.map(({ name }) => name).filter((name) => shown.includes(name));
  expect(shown).toEqual(known);
  expect(shown).toEqual(
    expect.arrayContaining(["images", "root", "programs", "disk-space", "docker"]),
  );
  expect(stderr).toMatch(/^\d+ checks: /m);
});

test("an image limits what is asked for, and all are asked for without one", async () => {
  await using rig = await createRig();
  await rig.write(images);
  const only = ["--only", "images,pi-gen,disk-space", "--json"];
  const plain = await rig.pibuild(["doctor", "plain", ...only]);
  expect(rows(plain.stdout)).toMatchObject({
    images: { status: "ok", detail: "plain" },
    "pi-gen": { status: "ok" },
  });
  expect([plain.exitCode, JSON.parse(plain.stdout).image]).toEqual([0, "plain"]);
  const all = await rig.pibuild(["doctor", ...only]);
  expect(rows(all.stdout)).toMatchObject({
    images: { detail: "desk, plain" },
    "pi-gen": { status: "fail" },
  });
  expect([all.exitCode, JSON.parse(all.stdout).image]).toEqual([4, null]);
});

test("an image with mistakes is a warning among others, and the error where it is named", async () => {
  await using rig = await createRig();
  await rig.write({ ...images, "apps/bad/image.yaml": "stages: [stages/one]\nrelese: trixie\n" });
  const all = await rig.pibuild(["doctor", "--only", "images", "--json"]);
  expect(all.exitCode).toBe(0);
  expect(rows(all.stdout).images).toMatchObject({
    status: "warn",
    detail: "bad: apps/bad/image.yaml:2:1: unknown key `relese`",
    fix: "pibuild plan bad",
  });
  const one = await rig.pibuild(["doctor", "bad"]);
  expect(one.exitCode).toBe(3);
  expect(one.stderr).toContain("unknown key `relese`");
});

test("names that do not exist are wrong usage", async () => {
  await using rig = await createRig();
  await rig.write(images);
  const image = await rig.pibuild(["doctor", "plane"]);
  expect([image.exitCode, image.stderr]).toEqual([2, expect.stringContaining("no image `plane`")]);
  const check = await rig.pibuild(["doctor", "--only", "clok"]);
  expect(check.exitCode).toBe(2);
  expect(check.stderr).toMatch(/no check `clok`\n\nhint: did you mean `clock`\?/);
});

test("--quiet says nothing of what is well", async () => {
  await using rig = await createRig();
  await rig.write(images);
  const { exitCode, stdout, stderr } = await rig.pibuild([
    "doctor",
    "plain",
    "--quiet",
    "--only",
    "images,pi-gen",
  ]);
  expect([exitCode, stdout, stderr]).toEqual([0, "", ""]);
});

needs("own mount namespace")(
  "a full disk fails with the exit code of the environment",
  async () => {
    await using rig = await createRig();
    await rig.write(images);
    await mkdir(rig.store);
    const exec = createExec();
    await exec.run({
      program: "mount",
      args: ["-t", "tmpfs", "-o", "size=64m,nr_inodes=500", "tmpfs", rig.store],
    });
    const { exitCode, stdout } = await rig.pibuild([
      "doctor",
      "plain",
      "--only",
      "disk-space,inodes",
    ]);
    expect(exitCode).toBe(4);
    expect(stdout.replaceAll(rig.store, "<store>")).toMatchInlineSnapshot(`
      "fail    disk-space  64.0 MiB free at <store>; a build needs 3.0 GiB
                          fix: free some space, or set PIBUILD_STORE to a larger disk
      fail    inodes      499 free at <store>
                          fix: remove files there, or set PIBUILD_STORE to another filesystem"
    `);
  },
);

needs(
  "own mount namespace",
  "setfattr",
  "unshare",
)("a store where overlays cannot write is told from one where they can", async () => {
  await using rig = await createRig();
  await rig.write(images);
  for (const name of ["lower", "upper", "work", "merged"]) await mkdir(`${rig.path}/${name}`);
  const exec = createExec();
  const options = "lowerdir=lower,upperdir=upper,workdir=work";
  const only = ["doctor", "plain", "--only", "store", "--json"];
  await exec.run({
    program: "mount",
    args: ["-t", "overlay", "-o", options, "overlay", "merged"],
    cwd: rig.path,
  });
  const store = `${rig.path}/merged/store`;
  const inside = await rig.pibuild(only, { PIBUILD_STORE: store, PIBUILD_STEP_MEMORY: "0" });
  await exec.run({ program: "umount", args: [`${rig.path}/merged`] });
  expect([inside.exitCode, rows(inside.stdout).store?.detail]).toEqual([
    4,
    `overlay at ${store}: overlays cannot write there`,
  ]);
  const outside = await rig.pibuild(only);
  expect(rows(outside.stdout).store?.status).toBe("ok");
});

needs("root", "unshare")(
  "without engines for containers all is well, without a program of a step it is not",
  async () => {
    await using rig = await createRig();
    await rig.write(images);
    // In a namespace of its own: other tests start these programs meanwhile.
    const hide = 'for path in $HIDDEN; do mount --bind /dev/null "$path"; done; exec "$@"';
    const { exitCode, stdout } = await createExec().run({
      program: "unshare",
      args: [
        ...ownMounts,
        ...["bash", "-ec", hide, "bash"],
        ...[process.execPath, cli, "doctor", "plain", "--only", "programs,docker,podman", "--json"],
      ],
      cwd: rig.path,
      env: { HIDDEN: ["docker", "podman", "mksquashfs"].flatMap(everywhere).join(" ") },
      allowExit: [4],
    });
    expect(exitCode).toBe(4);
    expect(rows(stdout)).toMatchObject({
      docker: { status: "ok", detail: "not installed; steps run on this machine itself" },
      podman: { status: "ok", detail: "not installed; steps run on this machine itself" },
      programs: {
        ...{ status: "fail", detail: "missing: mksquashfs", fix: "apt-get install squashfs-tools" },
      },
    });
  },
);

/** Every path by which a program could be found. */
function everywhere(program: string): string[] {
  return searchPath()
    .split(":")
    .map((directory) => `${directory}/${program}`)
    .filter((path) => existsSync(path));
}
