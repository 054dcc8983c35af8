import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderError } from "@pibuild/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { verifyKernel } from "../src/targets/verify-kernel.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "pibuild kernel-"));
  await mkdir(join(root, "var/lib/dpkg"), { recursive: true });
});
afterEach(() => rm(root, { recursive: true }));

async function installed(packages: Record<string, string>, state = "install ok installed") {
  const stanzas = Object.entries(packages).map(
    ([name, version]) => `Package: ${name}\nStatus: ${state}\nVersion: ${version}\n`,
  );
  await writeFile(join(root, "var/lib/dpkg/status"), stanzas.join("\n"));
}

const version = "1:6.12.47-1+rpt1~bookworm";

test("the pinned version is found in every kernel of Raspberry Pi's", async () => {
  const others = { "linux-image-arm64": "6.1.148-1" };
  await installed({ "linux-image-rpi-v8": version, "linux-image-rpi-2712": version, ...others });
  await verifyKernel(root, version);
});

test("nothing is asked where nothing is pinned", async () => {
  await verifyKernel(join(root, "nowhere"), undefined);
});

test("another version is an error that names what is there", async () => {
  await installed({ "linux-image-rpi-v8": version, "linux-image-rpi-2712": "1:6.6.1-1" });
  const error = await verifyKernel(root, version).catch((thrown: unknown) => thrown);
  expect(renderError(error)).toMatchInlineSnapshot(`
    "error: KERNEL_VERSION in \`pi-gen-pin.env\` is \`1:6.12.47-1+rpt1~bookworm\`: the image has linux-image-rpi-v8 1:6.12.47-1+rpt1~bookworm, linux-image-rpi-2712 1:6.6.1-1

    hint: write that version once you have tested it on a board, or leave KERNEL_VERSION empty"
  `);
  expect(error).toMatchObject({ exitCode: 7 });
});

test("so is a kernel that was removed, and one that is not Raspberry Pi's", async () => {
  await installed({ "linux-image-rpi-v8": version }, "deinstall ok config-files");
  await expect(verifyKernel(root, version)).rejects.toThrow("no kernel of Raspberry Pi's");
  await installed({ "linux-image-arm64": version });
  await expect(verifyKernel(root, version)).rejects.toThrow("no kernel of Raspberry Pi's");
});
