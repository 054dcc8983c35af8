import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@pibuild/test-kit";
import { expect } from "vitest";
import { inNamespace, namespace } from "./namespace/in-namespace.ts";

const directory = fileURLToPath(new URL("..", import.meta.url));

inNamespace("the README's example runs, where nothing is registered", async () => {
  const place = { program: "unshare", args: [...namespace(), process.execPath] } as const;
  const { stdout } = await runReadmeExample(directory, directory, undefined, place);
  expect(stdout.split("\n")).toEqual([
    "no handler is registered for arm64 programs",
    expect.stringMatching(/^handler pibuild-aarch64 runs .*qemu-aarch64/),
    "removed pibuild-aarch64",
  ]);
});
