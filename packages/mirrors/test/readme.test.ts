import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@pibuild/test-kit";
import { expect, test } from "vitest";

const directory = fileURLToPath(new URL("..", import.meta.url));

test("the README's example runs", async () => {
  const show = "\nconsole.log(typeof main, typeof security);";
  const { stdout } = await runReadmeExample(directory, directory, (example) => example + show);
  expect(stdout).toMatch(/^(string|undefined) (string|undefined)$/);
});
