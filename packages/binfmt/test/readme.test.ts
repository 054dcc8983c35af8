import { fileURLToPath } from "node:url";
import { needs, runReadmeExample } from "@pibuild/test-kit";
import { expect } from "vitest";

const directory = fileURLToPath(new URL("..", import.meta.url));

needs("root", "qemu-aarch64-static")(
  "the README's example runs, and this host runs arm64 programs after it",
  async () => {
    const show = '\nconsole.log((await binfmtStatus("arm64")).state);';
    const { stdout } = await runReadmeExample(directory, directory, (example) => example + show);
    expect(stdout).toMatch(/^(native|usable)$/);
  },
);
