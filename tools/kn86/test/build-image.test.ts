import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec, removeTree, sha256 } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { expect, onTestFinished } from "vitest";

const repository = join(import.meta.dirname, "../../..");
const entry = "tools/sd-provision/build-image.sh";
const release = needs("bash", "git");

/** A workspace with the entry, in which `pibuild` only notes how it was called and what it makes. */
async function createWorkspace() {
  const path = await mkdtemp(join(tmpdir(), "kn86 release-"));
  onTestFinished(() => removeTree(path));
  await mkdir(join(path, "tools/sd-provision"), { recursive: true });
  for (const image of ["kn86", "kn86-rpios"]) {
    const yaml = join("apps", image, "image.yaml");
    await mkdir(join(path, "apps", image), { recursive: true });
    await cp(join(repository, yaml), join(path, yaml));
  }
  await cp(join(repository, entry), join(path, entry));
  await cp(join(repository, "pi-gen-pin.env"), join(path, "pi-gen-pin.env"));
  const pin = join(path, "tools/sd-provision/pi-gen-pin.env");
  await symlink("../../pi-gen-pin.env", pin);
  await writeFile(
    join(path, "pibuild"),
    `#!/bin/sh
echo "$*" >>"$(dirname "$0")/called"
[ "$1" = build ] || exit 0
mkdir -p "dist/$2"
printf image >"dist/$2/$2.img"
printf update >"dist/$2/$2.kn86fw"
`,
  );
  await chmod(join(path, "pibuild"), 0o755);
  const text = await readFile(pin, "utf8");
  return {
    path,
    pin,
    tag: /^PI_GEN_TAG=(.*)$/m.exec(text)?.[1] ?? "",
    async run(...args: readonly string[]) {
      const { exitCode, stdout, stderr } = await createExec().run({
        program: "bash",
        args: [join(path, entry), ...args],
        cwd: path,
        allowExit: [2, 3, 4],
      });
      return { exitCode, stdout, stderr: stderr.replaceAll(path, "<workspace>") };
    },
    called: () => readFile(join(path, "called"), "utf8").catch(() => ""),
  };
}

release("a release is one file with its checksum, and the update beside it", async () => {
  const workspace = await createWorkspace();
  const output = join(workspace.path, "release/kn86-v1.img");
  const result = await workspace.run(
    "--pi-gen-tag",
    workspace.tag,
    "--output",
    "release/kn86-v1.img",
  );
  expect(result).toMatchObject({ exitCode: 0, stdout: output });
  // It is pi-gen's stages that the tag is about.
  expect(await workspace.called()).toBe("sync\nbuild kn86-rpios\n");
  expect((await readdir(join(workspace.path, "release"))).sort()).toEqual([
    ...["kn86-v1.img", "kn86-v1.img.sha256", "kn86-v1.kn86fw"],
  ]);
  expect(await readFile(output, "utf8")).toBe("image");
  expect(await readFile(`${output}.sha256`, "utf8")).toBe(`${sha256("image")}  kn86-v1.img\n`);
});

release(
  "without arguments it is the pinned pi-gen, and the file has the commit's name",
  async () => {
    const workspace = await createWorkspace();
    const git = (...args: readonly string[]) =>
      createExec().run({
        program: "git",
        args: [
          "-C",
          workspace.path,
          "-c",
          "user.name=t",
          "-c",
          "user.email=t@example.org",
          ...args,
        ],
      });
    await git("init", "--quiet");
    await git("commit", "--quiet", "--allow-empty", "-mfirst");
    await git("tag", "v1.2.3");
    expect((await workspace.run()).stdout).toBe(join(workspace.path, "build/kn86-v1.2.3.img"));
  },
);

release("another image is named", async () => {
  const workspace = await createWorkspace();
  expect((await workspace.run("--image", "kn86", "--output", "x.img")).exitCode).toBe(0);
  expect(await workspace.called()).toBe("build kn86\n");
});

release("no pin, no release", async () => {
  const workspace = await createWorkspace();
  await rm(workspace.pin);
  expect((await workspace.run("--output", "x.img")).stderr).toMatchInlineSnapshot(`
    "error: the pin is missing: \`<workspace>/tools/sd-provision/pi-gen-pin.env\` does not exist

    hint: a release is built from a pin that a board has proved; commit one"
  `);
  expect((await workspace.run("--output", "x.img")).exitCode).toBe(3);
  expect(await workspace.called()).toBe("");
});

release("another tag than the pinned one, and a second pin, are refused", async () => {
  const workspace = await createWorkspace();
  const other = await workspace.run("--pi-gen-tag", "2024-01-01-raspios-bookworm-arm64");
  expect(other.exitCode).toBe(3);
  expect(other.stderr).toContain(
    `pi-gen \`2024-01-01-raspios-bookworm-arm64\` is asked for, and \`${workspace.tag}\` is pinned`,
  );
  await rm(workspace.pin);
  await writeFile(workspace.pin, `PI_GEN_TAG=${workspace.tag}\n`);
  expect((await workspace.run()).stderr).toContain("differ");
  expect(await workspace.called()).toBe("");
});

release("a misspelt argument, and one without a value, are told", async () => {
  const workspace = await createWorkspace();
  expect(await workspace.run("--ouput", "x")).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("unknown argument `--ouput`"),
  });
  expect(await workspace.run("--output")).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("`--output` needs a value"),
  });
});
