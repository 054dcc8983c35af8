import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@pibuild/test-kit";
import { expect, test } from "vitest";

const directory = fileURLToPath(new URL("..", import.meta.url));

test("the README's example runs", async () => {
  const { stdout } = await runReadmeExample(directory, directory);
  expect(stdout).toBe(
    "pi5 { path: 'kernel_2712.img', found: false } [] { path: 'cmdline.txt', found: false }\n3",
  );
});
