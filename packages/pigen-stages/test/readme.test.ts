import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { runReadmeExample, scratchStage } from "@pibuild/test-kit";
import { expect, test } from "vitest";

const directory = fileURLToPath(new URL("..", import.meta.url));

test("the README's example runs", async () => {
  const stages = await scratchStage("stages", {
    "debian-base/prerun.sh": "",
    "debian-base/00-a/00-run.sh": "",
    "debian-base/00-a/00-packages": "",
    "debian-base/00-a/run.sh": "",
    "debian-lite/00-b/01-run-chroot.sh": "",
  });
  const { stdout, stderr } = await runReadmeExample(directory, dirname(stages));
  expect(stdout.split("\n")).toEqual([
    "debian-base/prerun: prerun.sh",
    "debian-base/00-a: 00-packages, 00-run.sh",
    "debian-lite/00-b: 01-run-chroot.sh",
  ]);
  expect(stderr).toContain("00-a/run.sh never runs: its name matches nothing");
});
