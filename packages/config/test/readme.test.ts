import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@pibuild/test-kit";
import { expect, test } from "vitest";

const directory = fileURLToPath(new URL("..", import.meta.url));
const repository = fileURLToPath(new URL("../../..", import.meta.url));

test("the README's example runs in this workspace", async () => {
  const show = "\nconsole.log(image.stages.length, pin.release);";
  const { stdout } = await runReadmeExample(directory, repository, (example) => example + show);
  expect(stdout).toBe("2 bookworm");
});
