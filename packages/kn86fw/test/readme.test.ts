import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@pibuild/test-kit";
import { expect, test } from "vitest";
import { cmdlineForm } from "../src/format/cmdline-form.ts";
import { publicPems, testKeys } from "./keys.ts";
import { createRig } from "./rig.ts";

test("the README's example builds, signs and verifies", async () => {
  await using rig = await createRig();
  const boot = Buffer.alloc(65536, "boot");
  cmdlineForm("root=PARTUUID=4b4e3836-04").copy(boot, 8192);
  await rig.write("boot.img", boot);
  await rig.write("root.img", Buffer.alloc(3 * 1024 ** 2));
  await rig.write("key.pem", testKeys.first);
  await rig.write("key.pub", publicPems.first);
  const directory = fileURLToPath(new URL("..", import.meta.url));
  const { stdout } = await runReadmeExample(directory, rig.directory);
  expect(stdout).toBe("1.2.0 { rawBytes: 3211264 }");
});
