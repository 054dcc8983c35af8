import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { removeTree } from "@pibuild/core";
import { runReadmeExample } from "@pibuild/test-kit";
import { expect, onTestFinished, test } from "vitest";

const directory = fileURLToPath(new URL("..", import.meta.url));
const repository = fileURLToPath(new URL("../../..", import.meta.url));

test("the README's example plans an image of this workspace", async () => {
  const cache = await mkdtemp(join(tmpdir(), "pibuild readme-"));
  onTestFinished(() => removeTree(cache));
  const { stdout } = await runReadmeExample(directory, repository, (example) =>
    [
      `process.env.PIBUILD_CACHE = ${JSON.stringify(cache)};`,
      // Building would need root.
      example.replace(
        "await runTarget(open, target.name)",
        "console.log(target.name, target.needsRoot)",
      ),
    ].join("\n"),
  );
  expect(stdout).toMatch(/^debian-base\/prerun never-built$/m);
  expect(stdout).toMatch(/^disk true\nartifacts false$/m);
});
