import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@pibuild/test-kit";
import { expect, test } from "vitest";

const directory = fileURLToPath(new URL("..", import.meta.url));

test("the README's example runs", async () => {
  const { stdout } = await runReadmeExample(directory, directory);
  expect(stdout).toBe("2 3 [ 'arm_64bit' ] [ 'mbr', 'gpt-hybrid' ]");
});
