import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderError } from "@pibuild/core";
import { describe, expect, test } from "vitest";
import { parsePigenTag } from "../src/pigen-tag.ts";
import { loadPin } from "../src/pin.ts";
import { failure } from "./scratch-workspace.ts";

const good = [
  "# a comment",
  'PI_GEN_REPO="https://example.org/pi-gen"',
  "PI_GEN_TAG=2026-01-01-raspios-bookworm-arm64",
  `PI_GEN_COMMIT=${"0123456789".repeat(4)}`,
  "RELEASE=bookworm",
  "ARCH=arm64",
  "KERNEL_VERSION=",
  "DEBIAN_SNAPSHOT=",
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
    "DEBIAN_SNAPSHOT=20260101\r",
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
    hint: write the whole commit, as \`git ls-remote --tags\` prints it: a short one can become ambiguous
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
    hint: pibuild builds arm64; choose a tag for it
    error: \`KERNEL_VERSION\` is here twice; keep one of them
      at pi-gen-pin.env:9:1
         KERNEL_VERSION=2
         ~~~~~~~~~~~~~~
    error: expected a time such as 20260101T000000Z, or nothing, found \`20260101\`
      at pi-gen-pin.env:10:17
         DEBIAN_SNAPSHOT=20260101
                         ~~~~~~~~
    hint: write it in UTC, as services of snapshots do
    error: \`PI_GEN_TAG\` is missing
      at pi-gen-pin.env:1:1
    hint: add \`PI_GEN_TAG=\` with a git tag
    error: \`RELEASE\` is missing
      at pi-gen-pin.env:1:1
    hint: add \`RELEASE=\` with bookworm or trixie
    "
  `);
});

describe("release and architecture are those of the tag", () => {
  const tagged = (tag: string, ...more: string[]) =>
    pinOf(
      good
        .filter((line) => !more.some((other) => line.split("=")[0] === other.split("=")[0]))
        .map((line) => (line.startsWith("PI_GEN_TAG=") ? `PI_GEN_TAG=${tag}` : line))
        .concat(more),
    );
  const said = async (action: Promise<unknown>) => `\n${renderError(await failure(action))}\n`;

  test("another release", async () => {
    expect(await said(tagged("2026-06-18-raspios-trixie-arm64"))).toMatchInlineSnapshot(`
      "
      error: \`RELEASE\` is bookworm, but PI_GEN_TAG \`2026-06-18-raspios-trixie-arm64\` is for trixie
        at pi-gen-pin.env:5:9
           RELEASE=bookworm
                   ~~~~~~~~
      hint: choose a tag for bookworm, with its commit, or write RELEASE=trixie
      "
    `);
  });

  test("another architecture, as named since October 2024 and before", async () => {
    expect(await said(tagged("2026-06-18-raspios-bookworm-armhf"))).toMatchInlineSnapshot(`
      "
      error: \`ARCH\` is arm64, but PI_GEN_TAG \`2026-06-18-raspios-bookworm-armhf\` is for armhf
        at pi-gen-pin.env:6:6
           ARCH=arm64
                ~~~~~
      hint: choose a tag for arm64, with its commit
      "
    `);
    expect(await said(tagged("2024-07-04-raspios-bookworm"))).toMatchInlineSnapshot(`
      "
      error: \`ARCH\` is arm64, but PI_GEN_TAG \`2024-07-04-raspios-bookworm\` is for armhf
        at pi-gen-pin.env:6:6
           ARCH=arm64
                ~~~~~
      hint: choose a tag for arm64, with its commit
      "
    `);
  });

  test("the same, in either way of naming, and for either release", async () => {
    expect((await tagged("2024-07-04-raspios-bookworm-arm64")).arch).toBe("arm64");
    const trixie = await tagged("2026-06-18-raspios-trixie-arm64", "RELEASE=trixie");
    expect(trixie.release).toBe("trixie");
  });

  test("a tag of somebody's own says nothing", async () => {
    expect((await tagged("v1.2-ours")).tag).toBe("v1.2-ours");
  });
});

test.each([
  ["2026-06-18-raspios-trixie-arm64", { date: "2026-06-18", release: "trixie", arch: "arm64" }],
  ["2024-10-22-raspios-bookworm-armhf", { date: "2024-10-22", release: "bookworm", arch: "armhf" }],
  ["2024-07-04-raspios-bookworm", { date: "2024-07-04", release: "bookworm", arch: "armhf" }],
  ["2023-10-10-raspios-bookworm-arm64", { date: "2023-10-10", release: "bookworm", arch: "arm64" }],
  ["2024-10-22-raspios-bookworm", undefined],
  ["2021-05-07-raspbian-buster", undefined],
  ["2026-06-18-raspios-trixie-arm64-rc1", undefined],
  ["master", undefined],
])("what the tag %s says", (tag, expected) => {
  expect(parsePigenTag(tag)).toEqual(expected);
});

test("credentials in an address are not repeated", async () => {
  const lines = good.map((line) =>
    line.replace(/"https:.*"/, '"https://me:s3cret@example.org/a b"'),
  );
  const error = renderError(await failure(pinOf(lines)));
  expect(error).toContain("https://***@example.org/a b");
  expect(error).not.toContain("s3cret");
});

test("no pin at all", async () => {
  expect(renderError(await failure(loadPin("/nowhere/pi-gen-pin.env")))).toMatchInlineSnapshot(`
    "error: the pin of pi-gen is missing: \`/nowhere/pi-gen-pin.env\` does not exist

    hint: create \`/nowhere/pi-gen-pin.env\`, or run pibuild in the workspace that holds it"
  `);
});
