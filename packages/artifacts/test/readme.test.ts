import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { needs, runReadmeExample } from "@pibuild/test-kit";
import { expect } from "vitest";

const directory = fileURLToPath(new URL("..", import.meta.url));

needs("xz")("the README's example runs", async () => {
  const cwd = await mkdtemp(join(tmpdir(), "pibuild readme-"));
  await mkdir(join(cwd, "work"));
  await writeFile(join(cwd, "work", "debian-lite.img"), "a disk");
  await runReadmeExample(directory, cwd);
  const checksum = await readFile(join(cwd, "dist/debian-lite/debian-lite.img.xz.sha256"), "utf8");
  expect(checksum).toMatch(/^[0-9a-f]{64} {2}debian-lite\.img\.xz\n$/);
  await rm(cwd, { recursive: true });
});
