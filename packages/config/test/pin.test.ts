import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderError } from "@pibuild/core";
import { expect, test } from "vitest";
import { loadPin } from "../src/index.ts";
import { failure } from "./scratch-workspace.ts";

const good = [
  "# a comment",
  'PI_GEN_REPO="https://example.org/pi-gen"',
  "PI_GEN_TAG=2026-01-01-raspios-bookworm-arm64",
  `PI_GEN_COMMIT=${"0123456789".repeat(4)}`,
  "RELEASE=bookworm",
  "ARCH=arm64",
  "KERNEL_VERSION=",
  "DEBIAN_SNAPSHOT=20260101T000000Z",
  "",
];

async function pinOf(lines: readonly string[]) {
  const directory = await mkdtemp(join(tmpdir(), "pibuild-pin-"));
  try {
    const file = join(directory, "pi-gen-pin.env");
    await writeFile(file, lines.join("\n"));
    return await loadPin(file);
  } finally {
    await rm(directory, { recursive: true });
  }
}

test("a good pin", async () => {
  expect(await pinOf(good)).toMatchObject({
    repo: "https://example.org/pi-gen",
    tag: "2026-01-01-raspios-bookworm-arm64",
    commit: "0123456789".repeat(4),
    release: "bookworm",
    arch: "arm64",
    kernelVersion: undefined,
    debianSnapshot: "20260101T000000Z",
  });
});

test("the shipped pin is good", async () => {
  const pin = await loadPin(join(import.meta.dirname, "../../../pi-gen-pin.env"));
  expect(pin.tag).toMatch(/-raspios-bookworm-arm64$/);
  expect(pin.commit).toMatch(/^[0-9a-f]{40}$/);
});

test("every bad line is named", async () => {
  const bad = [
    ...good.slice(0, 2),
    "PI_GEN_TGA=x",
    "PI_GEN_COMMIT=d7a31c6",
    "export RELEASE=bookworm",
    "RELEASE=$(echo bookworm)",
    "ARCH=",
    "KERNEL_VERSION=1",
    "KERNEL_VERSION=2",
    "DEBIAN_SNAPSHOT=yesterday\r",
  ];
  expect(`\n${renderError(await failure(pinOf(bad)))}\n`).toMatchInlineSnapshot(`
    "
    error: unknown key \`PI_GEN_TGA\`
      at pi-gen-pin.env:3:1
         PI_GEN_TGA=x
         ~~~~~~~~~~
    hint: did you mean \`PI_GEN_TAG\`?
    error: expected 40 hexadecimal digits, found \`d7a31c6\`
      at pi-gen-pin.env:4:15
         PI_GEN_COMMIT=d7a31c6
                       ~~~~~~~
    error: expected \`KEY=value\`, with quotes around anything but plain text
      at pi-gen-pin.env:5:1
         export RELEASE=bookworm
         ~~~~~~~~~~~~~~~~~~~~~~~
    error: expected \`KEY=value\`, with quotes around anything but plain text
      at pi-gen-pin.env:6:1
         RELEASE=$(echo bookworm)
         ~~~~~~~~~~~~~~~~~~~~~~~~
    error: expected arm64, found nothing
      at pi-gen-pin.env:7:1
         ARCH=
         ~~~~
    error: \`KERNEL_VERSION\` is here twice; keep one of them
      at pi-gen-pin.env:9:1
         KERNEL_VERSION=2
         ~~~~~~~~~~~~~~
    error: expected a time such as 20260101T000000Z, or nothing, found \`yesterday\`
      at pi-gen-pin.env:10:17
         DEBIAN_SNAPSHOT=yesterday
                         ~~~~~~~~~
    error: \`PI_GEN_TAG\` is missing
      at pi-gen-pin.env:1:1
    error: \`RELEASE\` is missing
      at pi-gen-pin.env:1:1
    "
  `);
});

test("no pin at all", async () => {
  expect(renderError(await failure(loadPin("/nowhere/pi-gen-pin.env")))).toMatchInlineSnapshot(`
    "error: the pin of pi-gen is missing: \`/nowhere/pi-gen-pin.env\` does not exist

    hint: create \`/nowhere/pi-gen-pin.env\`, or run pibuild in the workspace that holds it"
  `);
});
