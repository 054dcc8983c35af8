import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@pibuild/test-kit";
import { expect, test } from "vitest";

const directory = fileURLToPath(new URL("..", import.meta.url));

test("the README's example lists the chain", async () => {
  const { stdout } = await runReadmeExample(directory, directory);
  expect(stdout).toMatchInlineSnapshot(`
    "binfmt after nothing
    kiosk after [ 'binfmt' ]
    disk after [ 'kiosk' ]
    artifacts after [ 'disk' ]"
  `);
});
