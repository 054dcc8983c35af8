import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@pibuild/test-kit";
import { expect, test } from "vitest";

const directory = fileURLToPath(new URL("..", import.meta.url));
const repository = fileURLToPath(new URL("../../..", import.meta.url));

test("the README's example runs in this workspace", async () => {
  const { stdout } = await runReadmeExample(directory, repository);
  expect(stdout).toMatch(/venue: 'native',.* native$/s);
});
