import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { needs, runReadmeExample } from "@pibuild/test-kit";
import { expect } from "vitest";

const directory = fileURLToPath(new URL("..", import.meta.url));

needs(
  "mke2fs",
  "mkfs.vfat",
  "mcopy",
)("the README's example makes a disk", async () => {
  const cwd = await mkdtemp(join(tmpdir(), "pibuild readme-"));
  await mkdir(join(cwd, "rootfs", "boot", "firmware"), { recursive: true });
  await mkdir(join(cwd, "bootfs"));
  await writeFile(join(cwd, "bootfs", "config.txt"), "arm_64bit=1\n");
  const { stdout } = await runReadmeExample(directory, cwd);
  expect(stdout).toMatch(/boot: '[0-9a-f]{8}-01', root: '[0-9a-f]{8}-02'/);
  expect((await stat(join(cwd, "disk.img"))).size).toBeGreaterThan(512 * 1024 ** 2);
  await rm(cwd, { recursive: true });
});
