import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createRig, needs, runReadmeExample } from "@pibuild/test-kit";
import { expect } from "vitest";
import { writeNativeTree } from "../../pigen-runner/test/native-tree.ts";

const directory = fileURLToPath(new URL("..", import.meta.url));
const place = {
  program: "unshare",
  args: ["--mount", "--propagation", "private", "node"],
} as const;

needs(
  "own mount namespace",
  "unshare",
  "chroot",
)("the README's example runs a program in a tree of this machine's kind as it is", async () => {
  await using rig = await createRig();
  const rootfs = join(rig.path, "rootfs");
  await mkdir(rootfs);
  await writeNativeTree(rootfs);
  const within = (example: string) =>
    [
      `import { createExec } from "@pibuild/core";`,
      `const exec = createExec();`,
      `const rootfs = ${JSON.stringify(rootfs)};`,
      `const context = { exec, spec: { arch: "amd64" } };`,
      example.replace('"apt-get", "update"', '"touch", "/made"'),
    ].join("\n");
  await runReadmeExample(directory, rig.path, within, place);
  expect(existsSync(join(rootfs, "made"))).toBe(true);
});
