import { copyFile, mkdir, mkdtemp, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createExec, removeTree } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { describe, expect, onTestFinished } from "vitest";

const repository = fileURLToPath(new URL("../../..", import.meta.url));
const anyExit = Array.from({ length: 256 }, (_, code) => code);

/** Stands for the set-up: says what it was given, and ends as it is told to. */
const standIn = `
const passed = JSON.parse(process.env.PIBUILD_ARGUMENTS ?? "[]");
const args = [...process.argv.slice(2), ...passed];
process.stdout.write(JSON.stringify({ args, cwd: process.cwd(), pid: process.pid }));
process.exitCode = Number(process.env.EXIT ?? 0);
`;

/** A workspace with the launchers, in a path with a space. */
async function workspace(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "pibuild launcher-"));
  onTestFinished(() => removeTree(path));
  await mkdir(join(path, "tools/setup"), { recursive: true });
  await writeFile(join(path, "tools/setup/with-toolchain.mjs"), standIn);
  for (const name of ["pibuild", "pibuild.ps1"])
    await copyFile(join(repository, name), join(path, name));
  return path;
}

/** Gives it the real set-up, for which there is nothing to do, and in place of pibuild what tells how it was called. */
async function setUp(path: string): Promise<void> {
  const setup = "tools/setup/with-toolchain.mjs";
  await copyFile(join(repository, setup), join(path, setup));
  const told =
    "{ args: process.argv.slice(2), cwd: process.cwd(), workspace: process.env.PIBUILD_WORKSPACE }";
  const empty = ["pnpm-lock.yaml", "pnpm-workspace.yaml", "tsup.config.ts", "tsconfig.base.json"];
  const files: Readonly<Record<string, string>> = {
    ...Object.fromEntries(empty.map((name) => [name, ""])),
    "package.json": "{}",
    "packages/.keep": "",
    "apps/cli/bin/pibuild.mjs": `process.stdout.write(JSON.stringify(${told}));\n`,
    "bin/pnpm": '#!/bin/sh\nif [ "$1" = --version ]; then echo 12.0.0; fi\n',
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), text, { mode: 0o755 });
  }
}

interface LaunchOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

async function launch(argv: readonly string[], { env = {}, cwd = "/" }: LaunchOptions = {}) {
  const [path = "", ...args] = argv;
  const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);
  const options = { cwd, env: { PATH, ...env }, allowExit: anyExit };
  const { exitCode, stdout, stderr } = await createExec().run({
    program: { path },
    args,
    ...options,
  });
  return { exitCode, stderr, ...(stdout === "" ? {} : JSON.parse(stdout)) };
}

const awkward = ["a b", 'say "x"', "it's", "", "--", "-v", "--x=$HOME", "*", "back\\slash", "ü"];

describe("the launcher for POSIX shells", () => {
  needs("bash")("hands every argument on as it is", async () => {
    const path = join(await workspace(), "pibuild");
    expect(await launch([path, ...awkward])).toMatchObject({ args: ["pibuild", ...awkward] });
    expect(await launch([path])).toMatchObject({ args: ["pibuild"] });
  });

  needs("bash")("ends as pibuild ends", async () => {
    const path = join(await workspace(), "pibuild");
    expect(await launch([path], { env: { EXIT: "7" } })).toMatchObject({ exitCode: 7 });
  });

  needs("bash")("becomes pibuild, so that every signal to it is pibuild's", async () => {
    const path = join(await workspace(), "pibuild");
    const { pid, stderr } = await launch(["/bin/bash", "-c", 'echo $$ >&2; exec "$0"', path]);
    expect(String(pid)).toBe(stderr);
  });

  needs("bash")("runs where the caller is, also through symlinks", async () => {
    const path = await workspace();
    await symlink("pibuild", join(path, "relative"));
    await symlink(join(path, "relative"), join(path, "tools/absolute"));
    const cwd = join(path, "tools");
    expect(await launch([join(cwd, "absolute"), "x"], { cwd })).toMatchObject({
      args: ["pibuild", "x"],
      cwd,
    });
  });

  needs("bash")("means its own workspace, wherever the caller is", async () => {
    const path = await workspace();
    await setUp(path);
    const cwd = tmpdir();
    const env = { PATH: [join(path, "bin"), dirname(process.execPath), "/usr/bin:/bin"].join(":") };
    expect(await launch([join(path, "pibuild"), "plan", "x"], { cwd, env })).toMatchObject({
      args: ["plan", "x"],
      cwd,
      workspace: path,
    });
  });

  needs("bash")("says what is missing where there is no Node.js", async () => {
    const path = await workspace();
    const bin = join(path, "bin");
    await mkdir(bin);
    await symlink("/usr/bin/dirname", join(bin, "dirname"));
    const result = await launch(["/bin/sh", join(path, "pibuild")], { env: { PATH: bin } });
    expect(result).toEqual({
      exitCode: 4,
      stderr:
        "error: Node.js was not found on PATH\nhint: install Node.js 20 or newer; pibuild brings the rest",
    });
  });
});

describe("the launcher for PowerShell", () => {
  // A `--` without quotes never comes to a script: PowerShell takes it for itself.
  needs("pwsh")("hands every argument on as it is, and ends as pibuild ends", async () => {
    const path = join(await workspace(), "pibuild.ps1");
    const quoted = awkward.map((argument) => `'${argument.replaceAll("'", "''")}'`).join(" ");
    const argv = [
      "/usr/bin/env",
      "pwsh",
      "-NoProfile",
      "-Command",
      `& '${path}' ${quoted}; exit $LASTEXITCODE`,
    ];
    expect(await launch(argv, { env: { EXIT: "7" } })).toMatchObject({
      args: ["pibuild", ...awkward],
      exitCode: 7,
    });
  });
});
