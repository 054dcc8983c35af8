import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@pibuild/test-kit";
import { expect, test } from "vitest";

const directory = fileURLToPath(new URL("..", import.meta.url));

test("the README's example prints a task", async () => {
  const cwd = await mkdtemp(join(tmpdir(), "pibuild readme-"));
  const { stdout } = await runReadmeExample(directory, cwd);
  expect(stdout).toMatch(/^pibuild task kiosk disk \{/);
  await rm(cwd, { recursive: true });
});
