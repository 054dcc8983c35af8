import { join } from "node:path";
import { renderError } from "@pibuild/core";
import { describe, expect, test } from "vitest";
import type { Image } from "../src/image.ts";
import { loadImage } from "../src/load-image.ts";
import { failure, type ScratchWorkspace, scratchWorkspace } from "./scratch-workspace.ts";

const upstream = "stages: [pi-gen/stage0, pi-gen/stage1, stages/debian-lite]\n";
const pin = [
  "PI_GEN_REPO=https://pi-gen.invalid/pi-gen",
  "PI_GEN_TAG=2026-06-18-raspios-bookworm-arm64",
  `PI_GEN_COMMIT=${"a".repeat(40)}`,
  "RELEASE=bookworm\nARCH=arm64\nKERNEL_VERSION=\nDEBIAN_SNAPSHOT=\n",
].join("\n");

async function workspaceWith(text: string): Promise<ScratchWorkspace> {
  const workspace = await scratchWorkspace();
  await workspace.write("apps/pi/image.yaml", text);
  await workspace.write("pi-gen-pin.env", pin);
  return workspace;
}

async function load(text: string, env: Record<string, string>): Promise<Image> {
  await using workspace = await workspaceWith(text);
  return await loadImage(workspace.path, "pi", { env });
}

async function errorOf(text: string, env: Record<string, string>): Promise<string> {
  await using workspace = await workspaceWith(text);
  return renderError(await failure(loadImage(workspace.path, "pi", { env })));
}

describe("IMG_NAME", () => {
  test("names the files, and the image keeps its directory's name", async () => {
    const image = await load(upstream, { IMG_NAME: "Sugar.kube_2" });
    expect(image).toMatchObject({ name: "pi", fileName: "Sugar.kube_2" });
    expect(image.settings).toMatchObject({
      IMG_NAME: "Sugar.kube_2",
      IMG_FILENAME: "2026-01-01-Sugar.kube_2",
    });
    expect(await load(upstream, {})).toMatchObject({ fileName: "pi" });
  });

  test("takes no slash", async () => {
    expect(await errorOf(upstream, { IMG_NAME: "a/b" })).toMatchInlineSnapshot(`
      "error: expected a file name of letters, digits, \`.\`, \`_\` and \`-\`, found \`a/b\`
        at environment variable IMG_NAME"
    `);
  });
});

describe("ARM64 and PI_GEN_BRANCH", () => {
  test.each([
    {},
    { ARM64: "1" },
    { ARM64: "1", ARMHF: "0" },
    { PI_GEN_BRANCH: "bookworm" },
    { PI_GEN_BRANCH: "bookworm", ARM64: "1" },
    { PI_GEN_BRANCH: "bookworm-arm64" },
  ])("%o is what the pin has", async (env) => {
    const image = await load(upstream, env as Record<string, string>);
    expect(image).toMatchObject({ release: "bookworm", arch: "arm64" });
    expect(image.settings).toMatchObject({ ARM64: "1", ARMHF: "0", RELEASE: "bookworm" });
  });

  test("a branch of another release than the pin's says what to change", async () => {
    expect(await errorOf(upstream, { PI_GEN_BRANCH: "trixie" })).toMatchInlineSnapshot(`
      "error: \`trixie\` asks for trixie on arm64 (pi-gen's branch \`arm64\`), but \`pi-gen-pin.env\` pins \`2026-06-18-raspios-bookworm-arm64\`, for bookworm on arm64
        at environment variable PI_GEN_BRANCH
      hint: unset PI_GEN_BRANCH, or write a tag of that branch into \`pi-gen-pin.env\`, with its PI_GEN_COMMIT, RELEASE=trixie and ARCH=arm64"
    `);
  });

  test("the image's own release has to be the pin's, too", async () => {
    expect(await errorOf(`${upstream}release: trixie\n`, {})).toMatchInlineSnapshot(`
      "error: the image is for trixie on arm64 (pi-gen's branch \`arm64\`), but \`pi-gen-pin.env\` pins \`2026-06-18-raspios-bookworm-arm64\`, for bookworm on arm64
        at apps/pi/image.yaml:2:10
      hint: write \`release: bookworm\`, or write a tag of that branch into \`pi-gen-pin.env\`, with its PI_GEN_COMMIT, RELEASE=trixie and ARCH=arm64"
    `);
  });

  test("a checkout of one's own takes the place of the pin", async () => {
    await using workspace = await workspaceWith(upstream);
    const env = { PI_GEN_BRANCH: "master", PIGEN_DIR: "stages" };
    const error = await failure(loadImage(workspace.path, "pi", { env }));
    expect(renderError(error)).toContain("stage `pi-gen/stage0` does not exist");
  });

  test("a branch that does not exist", async () => {
    expect(await errorOf(upstream, { PI_GEN_BRANCH: "bokworm" })).toMatchInlineSnapshot(`
      "error: expected one of pi-gen's branches, found \`bokworm\`
        at environment variable PI_GEN_BRANCH
      hint: did you mean \`bookworm\`?"
    `);
    expect(await errorOf(upstream, { PI_GEN_BRANCH: "develop" })).toContain(
      "hint: it is one of bookworm, trixie, master, bookworm-arm64, arm64",
    );
  });

  test("a branch of the other architecture than ARM64 says", async () => {
    expect(await errorOf(upstream, { PI_GEN_BRANCH: "arm64", ARM64: "0" })).toMatchInlineSnapshot(`
      "error: \`arm64\` is for arm64, but ARM64 is 0
        at environment variable PI_GEN_BRANCH
      hint: for armhf the branch is \`master\`; unset one of the two"
    `);
  });

  test("armhf is asked for, and refused, also for an image without stages of pi-gen", async () => {
    for (const text of [upstream, "stages: [stages/debian-lite]\n"]) {
      expect(await errorOf(text, { ARM64: "0" })).toMatchInlineSnapshot(`
        "error: ARM64=0 asks for armhf (pi-gen's branch \`bookworm\`), and pibuild builds arm64 only
          at environment variable ARM64
        hint: unset ARM64, or build that branch with pi-gen itself"
      `);
    }
  });

  test.each(["yes", "2", "true"])("ARM64=%s is neither", async (ARM64) => {
    expect(await errorOf(upstream, { ARM64 })).toBe(
      `error: expected 1 or 0, found \`${ARM64}\`\n  at environment variable ARM64`,
    );
  });

  test("both architectures at once", async () => {
    expect(await errorOf(upstream, { ARMHF: "1" })).toContain("ARMHF is 1, but so is ARM64");
  });

  test("an image without stages of pi-gen keeps its release", async () => {
    const text = "stages: [stages/debian-lite]\n";
    expect(await load(text, { PI_GEN_BRANCH: "trixie" })).toMatchObject({ release: "bookworm" });
  });
});

describe("PI_GEN_STAGES", () => {
  const names = ({ stages }: Image) => stages.map(({ name }) => name);

  test("takes the place of pi-gen's stages, and of no others", async () => {
    const PI_GEN_STAGES = " stage0 pi-gen/stage2  stages/debian-base ";
    const image = await load(`${upstream}export: stages/export\n`, { PI_GEN_STAGES });
    expect(names(image)).toEqual([
      "pi-gen/stage0",
      "pi-gen/stage2",
      "stages/debian-base",
      "stages/debian-lite",
    ]);
    expect(image.stages[0]?.path).toMatch(/\.pibuild\/pi-gen\/a{40}\/stage0$/);
    expect(image.stages[0]?.at).toEqual({ file: "environment variable PI_GEN_STAGES" });
  });

  test("says nothing of an image without stages of pi-gen", async () => {
    const image = await load("stages: [stages/debian-lite]\n", { PI_GEN_STAGES: "stage0" });
    expect(names(image)).toEqual(["stages/debian-lite"]);
  });

  test.each(["", "  "])("set to `%s` is refused", async (PI_GEN_STAGES) => {
    expect(await errorOf(upstream, { PI_GEN_STAGES })).toMatchInlineSnapshot(`
      "error: expected names of stages, separated by blanks, such as \`stage0 stage1 stage2\`, found nothing
        at environment variable PI_GEN_STAGES
      hint: unset it to build the image's own, or name some: \`stage0 stage1 stage2\`"
    `);
  });

  test("a path with a space", async () => {
    const PI_GEN_STAGES = "stage0 'stages/with space/kiosk'";
    expect(await errorOf(upstream, { PI_GEN_STAGES })).toMatchInlineSnapshot(`
      "error: the path of a stage cannot hold a space: the list is split at blanks
        at environment variable PI_GEN_STAGES
      hint: rename the directory, and leave quotes and \`\\\` out"
    `);
  });

  test("a stage twice, and one that does not exist", async () => {
    const twice = await errorOf(upstream, { PI_GEN_STAGES: "stage0 stage0" });
    expect(twice).toContain("stage `pi-gen/stage0` is here twice");
    expect(twice).toContain("at environment variable PI_GEN_STAGES");
    expect(await errorOf(upstream, { PI_GEN_STAGES: "stages/nowhere" })).toContain(
      "hint: check the spelling: a name without a `/` is a stage of pi-gen, a name with one is a path in the workspace",
    );
  });
});

describe("OUTPUT_DIR and BUILD_TIMEOUT", () => {
  test("go before the file's keys", async () => {
    await using workspace = await workspaceWith(`${upstream}output_dir: out\nbuild_timeout: 2h\n`);
    const plain = await loadImage(workspace.path, "pi");
    expect(plain.outputDirectory).toBe(join(workspace.path, "out"));
    expect(plain.timeoutMs).toBe(2 * 60 * 60_000);
    const env = { OUTPUT_DIR: "/srv/images", BUILD_TIMEOUT: "90" };
    expect(await loadImage(workspace.path, "pi", { env })).toMatchObject({
      outputDirectory: "/srv/images",
      timeoutMs: 90_000,
    });
    const forever = await loadImage(workspace.path, "pi", { env: { BUILD_TIMEOUT: "0" } });
    expect(forever).not.toHaveProperty("timeoutMs");
  });

  test.each([
    ["90s", 90_000],
    ["1.5h", 90 * 60_000],
    ["45m", 45 * 60_000],
    ["24d", 24 * 24 * 60 * 60_000],
  ])("%s is a duration", async (BUILD_TIMEOUT, timeoutMs) => {
    expect(await load(upstream, { BUILD_TIMEOUT })).toMatchObject({ timeoutMs });
  });

  test.each(["soon", "-5", "1h30m", "25d", "5 min"])("%s is none", async (BUILD_TIMEOUT) => {
    const expected = "a duration of at most 24 days such as 90m, 2h or 5400 (seconds)";
    expect(await errorOf(upstream, { BUILD_TIMEOUT })).toBe(
      `error: expected ${expected}, found \`${BUILD_TIMEOUT}\`\n  at environment variable BUILD_TIMEOUT`,
    );
    expect(await errorOf(`${upstream}build_timeout: ${BUILD_TIMEOUT}\n`, {})).toContain(
      `expected ${expected}`,
    );
  });
});

describe("a secret in a file", () => {
  const text = `${upstream}settings: { CLOUD_INIT_USER_DATA: "" }\n`;

  test("is its text without the last line end", async () => {
    await using workspace = await workspaceWith(text);
    await workspace.write("run/token", "eyJhIjoi\n");
    const image = await loadImage(workspace.path, "pi", {
      env: { TUNNEL_TOKEN_FILE: "run/token" },
    });
    expect(image.settings.TUNNEL_TOKEN).toBe("eyJhIjoi");
    expect(image.secrets).toEqual(["eyJhIjoi"]);
  });

  test("that is not there, empty, or beside the variable itself", async () => {
    await using workspace = await workspaceWith(text);
    await workspace.write("empty", "\n");
    await workspace.write("bad", "two words\n");
    const said = async (env: Record<string, string>) =>
      renderError(await failure(loadImage(workspace.path, "pi", { env })));
    expect(await said({ TUNNEL_TOKEN_FILE: "nowhere" })).toMatchInlineSnapshot(`
      "error: \`nowhere\` does not exist
        at environment variable TUNNEL_TOKEN_FILE
      hint: paths in the environment start at the workspace"
    `);
    expect(await said({ TUNNEL_TOKEN_FILE: "empty" })).toContain("`empty` is empty");
    expect(await said({ TUNNEL_TOKEN_FILE: "empty", TUNNEL_TOKEN: "abc" })).toContain(
      "`TUNNEL_TOKEN` is set too",
    );
    const bad = await said({ TUNNEL_TOKEN_FILE: "bad" });
    expect(bad).toContain("expected a token as `cloudflared tunnel token` prints it\n");
    expect(bad).not.toContain("two words");
  });

  test("is for secrets alone", async () => {
    const image = await load(text, { TARGET_HOSTNAME_FILE: "nowhere" });
    expect(image.settings.TARGET_HOSTNAME).toBe("raspberrypi");
  });
});
