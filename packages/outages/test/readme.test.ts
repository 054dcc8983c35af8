import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@pibuild/test-kit";
import { expect, test } from "vitest";

const directory = fileURLToPath(new URL("..", import.meta.url));

test("the README's example runs", async () => {
  await using work = await mkdtempDisposable(join(tmpdir(), "pibuild outages-"));
  const { stdout } = await runReadmeExample(directory, directory, (example) =>
    example.replace('process.argv[2] ?? "."', JSON.stringify(work.path)),
  );
  expect(stdout).toBe("");
});
