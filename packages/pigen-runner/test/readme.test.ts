import { chmod, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { programsFor, removeTree } from "@pibuild/core";
import { needs, runReadmeExample } from "@pibuild/test-kit";
import { expect, onTestFinished } from "vitest";
import { writeNativeTree } from "./native-tree.ts";

const directory = fileURLToPath(new URL("..", import.meta.url));
const onSteps = needs("root", "unsquashfs", ...programsFor("steps"));
const unshare = ["--mount", "--propagation", "private", "node"];

onSteps("the README's example runs a foreign stage on a root filesystem", async () => {
  const here = await mkdtemp(join(tmpdir(), "pibuild readme-"));
  onTestFinished(() => removeTree(here));
  await writeNativeTree(join(here, "rootfs"));
  const script = join(here, "stage-mine/00-hello/00-run.sh");
  await mkdir(join(script, ".."), { recursive: true });
  await writeFile(
    script,
    '#!/bin/bash -e\non_chroot <<"EOF"\necho "hello from $(cat /etc/name)" >/hello\nEOF\n',
  );
  await writeFile(join(here, "rootfs/etc/name"), "the root filesystem\n");
  await chmod(script, 0o755);
  // The tree's programs are this machine's.
  const own = (example: string) => example.replace('"arm64"', '"amd64"');
  const run = () => runReadmeExample(directory, here, own, { program: "unshare", args: unshare });
  const { stdout } = await run();
  expect(stdout).toMatch(/^root [0-9a-f]{64}\nstage-mine\/00-hello [0-9a-f]{64}$/);
  expect(await readFile(join(here, "out/hello"), "utf8")).toBe("hello from the root filesystem\n");
  await removeTree(join(here, "out"));
  // Both layers are cached: the second run gives the same.
  expect((await run()).stdout).toBe(stdout);
});
