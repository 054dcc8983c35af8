import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec, removeTree } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { expect, onTestFinished } from "vitest";
import { buildDeb, writePackage } from "../deb.ts";
import { indexArchive } from "../index-archive.ts";
import { ownApt } from "../own-apt.ts";
import { requestedPackages } from "../requested-packages.ts";
import { serveDirectory } from "../serve-directory.ts";

const exec = createExec();
const withDpkg = needs("dpkg-deb", "apt-get");

async function scratch(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "pibuild-archive-"));
  onTestFinished(() => removeTree(directory));
  return directory;
}

withDpkg("apt downloads a package from a served archive, and its bytes are the same", async () => {
  const directory = await scratch();
  const archives = [join(directory, "one"), join(directory, "two")] as const;
  for (const archive of archives) {
    for (const name of ["raspi-config", "rpi-eeprom"]) {
      const tree = join(directory, "tree");
      const file = { path: "usr/bin/x", mode: 0o755, content: name };
      const control = { Package: name, Version: "1:0standin", Architecture: "arm64" };
      await writePackage(tree, { ...control, Maintainer: "nobody", Description: name }, [file]);
      await buildDeb(exec, tree, join(archive, "pool"));
      await removeTree(tree);
    }
    await indexArchive(exec, archive, { release: "bookworm", arch: "arm64" });
  }
  const index = "dists/bookworm/Release";
  expect(await readFile(join(archives[0], index))).toEqual(
    await readFile(join(archives[1], index)),
  );
  await using served = await serveDirectory(archives[0]);
  const source = `deb [trusted=yes arch=arm64] ${served.url} bookworm main`;
  const args = await ownApt(directory, source, "arm64");
  await exec.run({ program: "apt-get", args: [...args, "update"] });
  await exec.run({
    program: "apt-get",
    args: [...args, "download", "raspi-config"],
    cwd: directory,
  });
  const { stdout } = await exec.run({
    program: "dpkg-deb",
    args: ["--contents", join(directory, "raspi-config_1%3a0standin_arm64.deb")],
  });
  expect(stdout).toMatch(/-rwxr-xr-x root\/root .* \.\/usr\/bin\/x$/m);
});

withDpkg("the names that stages ask for are read from their packages files alone", async () => {
  const stage = await scratch();
  await mkdir(join(stage, "00-a"));
  await writeFile(join(stage, "00-a/00-packages"), "one two # not this\nthree- four\n");
  await writeFile(join(stage, "00-a/01-packages-nr"), "five+x\n");
  await writeFile(join(stage, "00-a/packages"), "never\n");
  expect(await requestedPackages([stage])).toEqual(["five+x", "four", "one", "three", "two"]);
});
