import { chmod, mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createExec, programsFor, removeTree } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { expect, onTestFinished } from "vitest";
import { writeNativeTree } from "./native-tree.ts";

const packages = fileURLToPath(new URL("../..", import.meta.url));
const exec = createExec();
const onSteps = needs("root", "pnpm", "npm", ...programsFor("steps"));

/** What a project needs that runs stages. Nothing of disks, of compressing or of field updates. */
const closure = ["core", "host", "layers", "mirrors", "pigen-stages", "twin", "binfmt"];

onSteps(
  "packed and installed into an empty project, the README's example runs a stage",
  async () => {
    const here = await mkdtemp(join(tmpdir(), "pibuild packed-"));
    onTestFinished(() => removeTree(here));
    const project = join(here, "project");
    const archives = join(here, "archives");
    for (const directory of [project, archives]) await mkdir(directory);
    for (const name of [...closure, "binfmt-linux-x64", "pigen-runner"]) {
      const args = ["pack", "--pack-destination", archives];
      await exec.run({ program: "pnpm", args, cwd: join(packages, name) });
    }
    await writeFile(join(project, "package.json"), '{ "private": true, "type": "module" }\n');
    const tarballs = (await readdir(archives)).map((name) => join(archives, name));
    await exec.run({
      program: "npm",
      args: ["install", "--no-audit", "--no-fund", ...tarballs],
      cwd: project,
      // How npm reaches its registry is this machine's affair.
      env: Object.fromEntries(Object.entries(process.env).map(([key, value = ""]) => [key, value])),
    });
    const installed = await readdir(join(project, "node_modules/@pibuild"));
    expect(installed.sort()).toEqual([...closure, "binfmt-linux-x64", "pigen-runner"].sort());

    await writeNativeTree(join(project, "rootfs"));
    const script = join(project, "stage-mine/00-hello/00-run.sh");
    await mkdir(join(script, ".."), { recursive: true });
    await writeFile(script, '#!/bin/bash -e\non_chroot <<"EOF"\necho hello >/hello\nEOF\n');
    await chmod(script, 0o755);
    const readme = await readFile(join(packages, "pigen-runner/README.md"), "utf8");
    const example = /^```ts\n([\s\S]*?)^```$/m.exec(readme)?.[1] ?? "";
    // The tree's programs are this machine's.
    await writeFile(join(project, "example.mjs"), example.replace('"arm64"', '"amd64"'));
    const args = ["--mount", "--propagation", "private", "node", "example.mjs"];
    const { stdout } = await exec.run({ program: "unshare", args, cwd: project });
    expect(stdout).toMatch(/^stage-mine\/00-hello [0-9a-f]{64}$/m);
    expect(await readFile(join(project, "out/hello"), "utf8")).toBe("hello\n");
  },
  300_000,
);
