import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { removeTree } from "@pibuild/core";
import { needs, runReadmeExample, startRegistry } from "@pibuild/test-kit";
import { expect, onTestFinished } from "vitest";

const directory = fileURLToPath(new URL("..", import.meta.url));

needs("docker-registry")("the README's example runs", async () => {
  const here = await mkdtemp(join(tmpdir(), "pibuild readme-"));
  onTestFinished(() => removeTree(here));
  await using registry = await startRegistry();
  const own = (example: string) => example.replace("registry.example", registry.host);
  await runReadmeExample(directory, here, own);
  expect(await readFile(join(here, "copy.img"), "utf8")).toBe("an image");
});
