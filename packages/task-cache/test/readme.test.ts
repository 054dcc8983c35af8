import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@pibuild/test-kit";
import { expect, test } from "vitest";

const directory = fileURLToPath(new URL("..", import.meta.url));

test("the README's example serves both clients", async () => {
  const cwd = await mkdtemp(join(tmpdir(), "pibuild readme-"));
  const { stdout } = await runReadmeExample(directory, cwd);
  expect(stdout).toMatch(/: http:\/\/127\.0\.0\.1:\d+$/);
  await rm(cwd, { recursive: true });
});
