import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createExec } from "@pibuild/core";
import {
  type CliResult,
  createRig,
  needs,
  type Rig,
  testGit,
  writeStandInPiGen,
  writeTree,
} from "@pibuild/test-kit";
import { expect, onTestFinished } from "vitest";

const test = needs("git");

/** Servers that nobody asks, so that a plan needs no network. */
const mirrors = {
  APT_MIRROR: "http://mirror.example.org/debian",
  APT_SECURITY_MIRROR: "http://mirror.example.org/debian-security",
};

/** An empty directory, and a stand-in for pi-gen in the place of its pin's. */
async function emptyPlace() {
  const rig = await createRig();
  onTestFinished(() => rig[Symbol.asyncDispose]());
  await writeStandInPiGen(rig);
  const reads = [
    ...["TARGET_HOSTNAME", "ENABLE_SSH", "FIRST_USER_PASS", "DISABLE_FIRST_BOOT_USER_RENAME"],
    ...Object.keys(mirrors),
  ];
  await rig.write({
    // What a script names, it reads.
    "../pi-gen/stage1/prerun.sh": `#!/bin/bash -e\n# ${reads.join(" ")}\ncopy_previous\n`,
    "../pi-gen/stage2/prerun.sh": "#!/bin/bash -e\ncopy_previous\n",
  });
  const path = join(rig.path, "../project");
  await writeTree(path, { ".git/description": "" });
  const env = { ...mirrors, PIBUILD_WORKSPACE: path, PIGEN_DIR: join(rig.path, "../pi-gen") };
  return { rig, path, run: (...args: string[]) => rig.pibuild(args, env), env };
}

async function filesOf(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => join(parentPath, name).slice(path.length + 1)).sort();
}

/** What a plan warns of, besides that its pi-gen is not the pinned one. */
function warnings({ stderr }: CliResult): string {
  return stderr.replace(/^warning: PIGEN_DIR .*\nhint: unset PIGEN_DIR .*\n?/m, "");
}

/** That the project lints without a finding, and its image can be planned. */
async function expectGreen(run: (...args: string[]) => ReturnType<Rig["pibuild"]>, image: string) {
  const lint = await run("lint");
  expect([lint.stdout, lint.exitCode]).toEqual(["", 0]);
  const plan = await run("plan", image);
  expect([warnings(plan), plan.exitCode]).toEqual(["", 0]);
  expect(plan.stdout).toMatch(/^disk +run/m);
  return plan.stdout;
}

test("a new project on Raspberry Pi OS is whole: it lints and plans at once", async () => {
  const { path, run } = await emptyPlace();
  const { stdout, stderr, exitCode } = await run("init", "../project", "--name", "kiosk");
  expect([stderr, exitCode]).toEqual([
    "next:\n  cd ../project\n  npm install\n  npx pibuild build kiosk",
    0,
  ]);
  const files = [
    ...[".git/description", ".gitattributes", ".github/workflows/pibuild.yml", ".gitignore"],
    ...["apps/kiosk/image.yaml", "image.schema.json", "package.json", "pi-gen-pin.env"],
    ...["00-setup/00-packages", "00-setup/01-run.sh", "00-setup/files/hello.service"].map(
      (name) => `stages/kiosk/${name}`,
    ),
    ...["stages/kiosk/EXPORT_IMAGE", "stages/kiosk/prerun.sh"],
  ];
  expect(await filesOf(path)).toEqual(files.sort());
  expect(stdout.split("\n")).toHaveLength(files.length - 1);
  const plan = await expectGreen(run, "kiosk");
  expect(plan).toMatch(/^kiosk\/00-setup +run/m);
  expect(plan).toMatch(/^partitions\/00-names/m);
});

test("a new project on Debian needs no pi-gen", async () => {
  const { run } = await emptyPlace();
  const init = await run("init", "../project", "--base", "debian", "--name", "box");
  expect(init.exitCode).toBe(0);
  expect(await expectGreen(run, "box")).toMatch(/^debian-base\/prerun/m);
});

test("a directory that is not empty stays as it is", async () => {
  const { path, run } = await emptyPlace();
  await writeTree(path, { "main.py": "", "notes/a": "" });
  const { stderr, exitCode } = await run("init", "../project");
  expect(exitCode).toBe(2);
  expect(stderr.replace(path, "<project>")).toMatchInlineSnapshot(`
    "error: \`<project>\` is not empty: it has \`main.py\`, \`notes\`

    hint: name a new directory: \`pibuild init DIRECTORY\`; a project of pi-gen is adopted by its \`--config FILE\` or \`--workflow FILE\`"
  `);
  expect(await filesOf(path)).toEqual([".git/description", "main.py", "notes/a"]);
});

const adopted = {
  "stage-kiosk/prerun.sh":
    '#!/bin/bash -e\nif [ ! -d "${ROOTFS_DIR}" ]; then\n\tcopy_previous\nfi\n',
  "stage-kiosk/EXPORT_IMAGE": 'IMG_SUFFIX=""\n',
  "stage-kiosk/00-app/00-run.sh":
    '#!/bin/bash -e\necho "${KIOSK_URL}" >"${ROOTFS_DIR}/etc/kiosk"\n',
  config: [
    "IMG_NAME=kiosk",
    "export KIOSK_URL=https://example.org",
    "FIRST_USER_PASS=s3cret-word",
    "DISABLE_FIRST_BOOT_USER_RENAME=1",
    'STAGE_LIST="stage0 stage1 stage2 stage-kiosk"',
    "CLEAN=1",
  ].join("\n"),
};

test("a project of pi-gen is adopted: it plans at once, what is left out is told, its password is in no commit", async () => {
  const { rig, path, run, env } = await emptyPlace();
  await testGit(rig.path, "init", "--quiet", path);
  // A script makes these marks in its clone of pi-gen.
  await writeTree(path, { ...adopted, ".gitignore": "deploy/" });
  const { stderr, exitCode } = await run("init", "../project");
  expect([stderr, exitCode]).toEqual([
    [
      "config:6:1: `CLEAN` is left out: what changed is built anew by itself, and nothing else",
      "next:\n  cd ../project\n  npm install\n  npx pibuild build kiosk-lite\n  npx pibuild build kiosk",
    ].join("\n"),
    0,
  ]);
  expect(await readFile(join(path, ".gitignore"), "utf8")).toMatch(/^deploy\/\nnode_modules\/\n/);
  const plan = await run("plan", "kiosk");
  expect([warnings(plan), plan.exitCode]).toEqual(["", 0]);
  expect((await run("lint")).exitCode).toBe(0);
  // config itself is what it was before: a clone of pi-gen ignores it, this project does not.
  await testGit(path, "add", "--all", ".", ":!config");
  const { stdout } = await createExec().run({
    program: "git",
    args: ["-C", path, "grep", "--cached", "--files-with-matches", "s3cret-word"],
    allowExit: [1],
  });
  expect(stdout).toBe("");
  const json = await rig.pibuild(["init", "../project", "--json"], env);
  expect([json.exitCode, json.stdout]).toEqual([2, ""]);
  expect(json.stderr).toContain("it is a project already");
});

test("what has to be settled first stops everything: nothing is written", async () => {
  const { path, run } = await emptyPlace();
  await writeTree(path, { ...adopted, config: `${adopted.config}\nTARGET_HOSTNAME=$(hostname)\n` });
  const before = await filesOf(path);
  const { stderr, exitCode } = await run("init", "../project");
  expect(exitCode).toBe(3);
  expect(stderr).toMatchInlineSnapshot(`
    "error: \`$(hostname)\` would have to be run
      at config:7:17
         TARGET_HOSTNAME=$(hostname)
                         ~~~~~~~~~~~
    hint: write the value itself there, or say it with \`--set TARGET_HOSTNAME=VALUE\`"
  `);
  expect(await filesOf(path)).toEqual(before);
  const settled = await run("init", "../project", "--set", "TARGET_HOSTNAME=kiosk");
  expect(settled.exitCode).toBe(0);
});

test("questions are put to the person at a terminal, and to nobody else", async () => {
  const { rig, path } = await emptyPlace();
  const cli = join(import.meta.dirname, "../bin/pibuild.mjs");
  const { stdout } = await createExec().run({
    program: "bash",
    // A terminal of its own; the answers are a name, a base, and what is usual.
    args: [
      "-c",
      `printf 'frame\\ndebian\\n\\n\\n' | script --quiet --return --command "'${process.execPath}' '${cli}' init '${path}'" /dev/null`,
    ],
    env: { ...rig.env, TERM: "xterm", CI: "" },
  });
  expect(stdout).toContain("Name of the image (project): ");
  expect(stdout).toContain("Debian release, bookworm or trixie (trixie): ");
  expect(await filesOf(path)).toContain("stages/frame/prerun.sh");
  expect(await filesOf(path)).not.toContain("pi-gen-pin.env");
});

test("without a way to pi-gen the project is written all the same, and what is left to do is said", async () => {
  const { rig, path } = await emptyPlace();
  const none = { ...mirrors, PI_GEN_SOURCE: join(rig.path, "nowhere") };
  const { stderr, exitCode } = await rig.pibuild(["init", "../project", "--name", "kiosk"], none);
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/note: pi-gen was not fetched: /);
  expect(stderr).toContain("npx pibuild sync\n  npx pibuild build kiosk");
  expect(await filesOf(path)).toContain("apps/kiosk/image.yaml");
});

const wrong: readonly (readonly [flags: readonly string[], said: string])[] = [
  [["--set", "TARGET_HOSTNAME"], "expected NAME=VALUE, found `TARGET_HOSTNAME` (--set)"],
  [["--set", "A=b"], "nothing here describes one"],
  [["--name", "My Pi"], "`My Pi` is no name of an image"],
  [["--release", "trixei"], "did you mean `trixie`?"],
  [["--ssh-key", "nowhere.pub"], "`nowhere.pub` does not exist (--ssh-key)"],
  [["--config", "a", "--workflow", "b"], "--config and --workflow both describe the project"],
];

for (const [flags, said] of wrong) {
  test(`wrong usage: ${flags.join(" ")}`, async () => {
    const { path, run } = await emptyPlace();
    const { stderr, exitCode } = await run("init", "../project", ...flags);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(said)]);
    expect(await filesOf(path)).toEqual([".git/description"]);
  });
}
