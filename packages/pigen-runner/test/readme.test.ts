import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createExec } from "@pibuild/core";
import { scratchStage } from "@pibuild/test-kit";
import { expect, test } from "vitest";

const packageDirectory = fileURLToPath(new URL("..", import.meta.url));

test("the README's example runs", async () => {
  const readme = await readFile(join(packageDirectory, "README.md"), "utf8");
  const [, example = ""] = /```ts\n([^`]*(?:`[^`]+`[^`]*)*)```/.exec(readme) ?? [];
  const stage = await scratchStage("debian-base", {
    "prerun.sh": "",
    "00-a/00-run.sh": "",
    "00-a/00-packages": "",
    "00-a/run.sh": "",
  });
  const here = dirname(stage);
  const { stdout, stderr } = await createExec().run({
    program: "node",
    args: [
      "--conditions=@pibuild/source",
      "--input-type=module-typescript",
      "--eval",
      example.replace("stages/debian-base", stage).replace("stages/debian-lite", here),
    ],
    cwd: packageDirectory,
  });
  expect(stdout).toContain(
    "debian-base/prerun: prerun.sh\ndebian-base/00-a: 00-packages, 00-run.sh",
  );
  expect(stderr).toContain("00-a/run.sh never runs: its name matches nothing");
});
