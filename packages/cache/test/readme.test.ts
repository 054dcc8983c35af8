import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { removeTree } from "@pibuild/core";
import { runReadmeExample } from "@pibuild/test-kit";
import { expect, onTestFinished, test } from "vitest";

const directory = fileURLToPath(new URL("..", import.meta.url));

test("the README's example runs", async () => {
  const here = await mkdtemp(join(tmpdir(), "pibuild readme-"));
  onTestFinished(() => removeTree(here));
  const own = (example: string) =>
    `${example.replace('"/mnt/pi-cache"', '"cache"')}\nconsole.log((await store.find("0".repeat(64))).status);`;
  const { stdout } = await runReadmeExample(directory, here, own);
  expect(stdout).toBe("pr-12, then main\nmiss");
});
