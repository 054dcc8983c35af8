import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pinText, runReadmeExample } from "@pibuild/test-kit";
import { expect, test } from "vitest";
import { checkoutRig } from "./checkout-rig.ts";

const directory = fileURLToPath(new URL("..", import.meta.url));

test("the README's example brings the pinned pi-gen", async () => {
  const { workspace, pin } = await checkoutRig();
  const values = { PI_GEN_TAG: pin.tag, PI_GEN_COMMIT: pin.commit };
  await writeFile(join(workspace, "pi-gen-pin.env"), pinText(values));
  const { stdout } = await runReadmeExample(
    directory,
    workspace,
    (example) => `process.env.PI_GEN_SOURCE = ${JSON.stringify(pin.repo)};\n${example}`,
  );
  expect(stdout).toBe(`true true ${join(workspace, ".pibuild/pi-gen", pin.commit)}`);
});
