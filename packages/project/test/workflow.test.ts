import { expect, test } from "vitest";
import { adopt, ownStage } from "./adopt-rig.ts";

/** A workflow whose step has these lines below `with:`. */
function workflow(...inputs: string[]): string {
  return [
    "name: image",
    "on: push",
    "jobs:",
    "  build:",
    "    runs-on: ubuntu-latest",
    "    steps:",
    "      - uses: actions/checkout@v4",
    "      - uses: usimd/pi-gen-action@v1",
    "        with:",
    ...inputs.map((line) => `          ${line}`),
    "",
  ].join("\n");
}

const at = ".github/workflows/image.yml";

test("a workflow's inputs are what the action would write into a config, its last stage the image", async () => {
  const { images, notes, secrets, pinned } = await adopt({
    files: {
      ...ownStage("stage-kiosk"),
      [at]: workflow(
        "image-name: ara-kiosk",
        "stage-list: stage0 stage1 stage2 ./stage-kiosk",
        "release: bookworm",
        "pi-gen-version: bookworm-arm64",
        "compression: xz",
        "compression-level: 6",
        "enable-ssh: 1",
        "username: pi",
        "password: raspberry",
        "hostname: kiosk",
        "timezone: America/New_York",
        "wpa-country: US",
        "increase-runner-disk-size: true",
        "verbose-output: false",
      ),
    },
  });
  expect(images).toMatchInlineSnapshot(`
    {
      "ara-kiosk": "name: ara-kiosk
    release: bookworm
    stages:
      - pi-gen/stage0
      - pi-gen/stage1
      - pi-gen/stage2
      - stage-kiosk
    settings:
      ENABLE_SSH: 1
      FIRST_USER_NAME: pi
      TARGET_HOSTNAME: kiosk
      TIMEZONE_DEFAULT: America/New_York
      WPA_COUNTRY: US
      FIRST_USER_PASS_FILE: first-user-pass.secret
    compression:
      level: 6
    ",
    }
  `);
  expect(notes).toMatchInlineSnapshot(`
    [
      ".github/workflows/image.yml:22:11: \`increase-runner-disk-size\` is left out: free the runner's disk in the workflow, before \`pibuild build\`",
    ]
  `);
  expect(secrets).toEqual({ FIRST_USER_PASS: "raspberry" });
  expect(pinned).toBe("2026-06-18-raspios-bookworm-arm64");
});

test("what the action has by itself: stages 0 to 2 of trixie", async () => {
  const { images, notes, pinned } = await adopt({ files: { [at]: workflow("image-name: lite") } });
  expect(images).toMatchInlineSnapshot(`
    {
      "lite": "name: lite
    release: trixie
    stages:
      - pi-gen/stage0
      - pi-gen/stage1
      - pi-gen/stage2
    ",
    }
  `);
  expect(notes).toEqual([]);
  expect(pinned).toBe("2026-06-18-raspios-trixie-arm64");
});

test("all images that its stages export, where it asks for them", async () => {
  const inputs = ["image-name: all", "stage-list: stage0 stage1 stage2 stage3 stage4"];
  const { images } = await adopt({
    files: { [at]: workflow(...inputs, "export-last-stage-only: false") },
  });
  expect(Object.keys(images)).toEqual(["all-lite", "all"]);
});

test("the workspace's own directory is the project", async () => {
  const { images } = await adopt({
    files: {
      ...ownStage("os/stage-a"),
      [at]: workflow("image-name: a", "stage-list: stage0 ${{ github.workspace }}/os/stage-a"),
    },
  });
  expect(images.a).toContain("- pi-gen/stage0\n  - os/stage-a\n");
});

test("an expression is known to GitHub alone, unless its value is given", async () => {
  const files = {
    [at]: workflow("image-name: kiosk", "password: ${{ secrets.PI_PASSWORD }}", "hostname: kiosk"),
  };
  expect((await adopt({ files })).error).toMatchInlineSnapshot(`
    "error: \`\${{ secrets.PI_PASSWORD }}\` is known to GitHub alone
      at .github/workflows/image.yml:11:11
                   password: ***
                   ~~~~~~~~
    hint: write the value itself there, or say it with \`--set FIRST_USER_PASS=VALUE\`"
  `);
  const { error, secrets } = await adopt({ files, set: { FIRST_USER_PASS: "x" } });
  expect(error).toBe("");
  expect(secrets).toEqual({ FIRST_USER_PASS: "x" });
});

test("an input that the action does not have is told of, as GitHub goes on with it", async () => {
  const files = { [at]: workflow("image-name: kiosk", "host-name: kiosk") };
  expect((await adopt({ files })).notes).toEqual([
    `${at}:11:11: \`host-name\` is left out: usimd/pi-gen-action has no such input`,
  ]);
});

test("a branch for 32 bits, a branch for another release, and a tag that is not the newest", async () => {
  const run = (...inputs: string[]) =>
    adopt({ files: { [at]: workflow("image-name: a", ...inputs) } });
  expect((await run("pi-gen-version: master")).error).toContain("armhf (32 bit)");
  const other = await run("pi-gen-version: arm64", "release: bookworm");
  expect(other.notes).toMatchInlineSnapshot(`
    [
      ".github/workflows/image.yml:11:11: pi-gen's \`arm64\` is no branch or tag for the image's release: \`2026-06-18-raspios-bookworm-arm64\` is pinned",
    ]
  `);
  expect(other.pinned).toContain("bookworm");
  const older = await run("pi-gen-version: 2025-10-01-raspios-trixie-arm64");
  expect(older.notes).toMatchInlineSnapshot(`
    [
      ".github/workflows/image.yml:11:11: \`2026-06-18-raspios-trixie-arm64\` is pinned; for \`2025-10-01-raspios-trixie-arm64\` write its PI_GEN_TAG and PI_GEN_COMMIT into \`pi-gen-pin.env\`",
    ]
  `);
});
