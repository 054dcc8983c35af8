import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { runReadmeExample, scratchStage } from "@pibuild/test-kit";
import { expect, test } from "vitest";
import { plain, prerun } from "./lint-rig.ts";

const directory = fileURLToPath(new URL("..", import.meta.url));

test("the README's example runs", async () => {
  const stages = await scratchStage("stages", {
    "kiosk/prerun.sh": prerun,
    "kiosk/00-a/run.sh": plain,
  });
  const { stdout } = await runReadmeExample(directory, dirname(stages));
  expect(stdout).toMatch(/\/kiosk\/00-a\/run\.sh: \w+: .*NAME_NEVER_RUNS/);
});
