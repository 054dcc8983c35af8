import { expect, test } from "vitest";
import { adopt, ownStage, pigenTree } from "./adopt-rig.ts";

const list = 'STAGE_LIST="stage0 stage1 stage2"\n';

test("a config with a command's output in a value that counts", async () => {
  const { error } = await adopt({ files: { config: `IMG_NAME="kiosk-$(git describe)"\n${list}` } });
  expect(error).toMatchInlineSnapshot(`
    "error: \`$(git describe)\` would have to be run
      at config:1:17
         IMG_NAME="kiosk-$(git describe)"
                         ~~~~~~~~~~~~~~~
    hint: write the value itself there, or say it with \`--set IMG_NAME=VALUE\`"
  `);
});

test("one in a value that does not count is a line among the others", async () => {
  const { error, notes } = await adopt({
    files: { config: `IMG_NAME=kiosk\nIMG_DATE="$(date +%F)"\n${list}` },
  });
  expect(error).toBe("");
  expect(notes).toHaveLength(1);
});

test("a config with a variable that nothing sets", async () => {
  const { error } = await adopt({
    files: { config: `IMG_NAME=kiosk\n${list}WPA_COUNTRY="\${WIFI_COUNTRY}"\n` },
  });
  expect(error).toMatchInlineSnapshot(`
    "error: nothing sets \`WIFI_COUNTRY\` before this
      at config:3:14
         WPA_COUNTRY="\${WIFI_COUNTRY}"
                      ~~~~~~~~~~~~~~~
    hint: write the value itself there, or say it with \`--set WIFI_COUNTRY=VALUE\`"
  `);
});

test("a value that is given settles it", async () => {
  const config = `IMG_NAME="kiosk-$(git describe)"\n${list}WPA_COUNTRY="\${WIFI_COUNTRY}"\n`;
  const { error, images } = await adopt({
    files: { config },
    set: { IMG_NAME: "kiosk-1", WIFI_COUNTRY: "SE" },
  });
  expect(error).toBe("");
  expect(images["kiosk-1"]).toContain("WPA_COUNTRY: SE");
});

test("a config that decides by a condition", async () => {
  const { error } = await adopt({
    files: { config: `IMG_NAME=kiosk\n${list}if [ -f local ]; then\n\tENABLE_SSH=1\nfi\n` },
  });
  expect(error).toMatchInlineSnapshot(`
    "error: \`[ -f local ]\` would have to be run, and pibuild only reads \`config\`
      at config:3:4
         if [ -f local ]; then
            ~~~~~~~~~~~~
    hint: write down what it comes to, one NAME=VALUE a line, without commands and conditions"
  `);
});

test("values that pibuild does not take, and rules that pi-gen has as well: all at once, a password hidden", async () => {
  const { error } = await adopt({
    files: {
      config: `IMG_NAME=kiosk\n${list}ENABLE_SSH=true\nWPA_COUNTRY=se\nFIRST_USER_PASS="a\nb"\nPUBKEY_ONLY_SSH=1\n`,
    },
  });
  expect(error).toMatchInlineSnapshot(`
    "error: \`ENABLE_SSH\`: expected 1 or 0, found \`true\`
      at config:3:1
         ENABLE_SSH=true
         ~~~~~~~~~~~~~~~
    hint: write the value itself there, or say it with \`--set ENABLE_SSH=VALUE\`
    error: \`WPA_COUNTRY\`: expected a country's two capital letters, such as GB, found \`se\`
      at config:4:1
         WPA_COUNTRY=se
         ~~~~~~~~~~~~~~
    hint: write the value itself there, or say it with \`--set WPA_COUNTRY=VALUE\`
    error: \`FIRST_USER_PASS\`: expected text on one line, found something else
      at config:5:1
         FIRST_USER_PASS=***
         ~~~~~~~~~~~~~~~~~~~
    hint: write the value itself there, or say it with \`--set FIRST_USER_PASS=VALUE\`
    error: \`PUBKEY_ONLY_SSH\` is on, but \`PUBKEY_SSH_FIRST_USER\` is not set
      at config:7:1
         PUBKEY_ONLY_SSH=1
         ~~~~~~~~~~~~~~~~~
    hint: add your public key as PUBKEY_SSH_FIRST_USER, or nobody could log in"
  `);
});

test("a stage that is not there", async () => {
  const { error } = await adopt({
    files: {
      ...ownStage("stage-kiosk"),
      config: 'IMG_NAME=kiosk\nSTAGE_LIST="stage0 stage-kisok"\n',
    },
  });
  expect(error).toMatchInlineSnapshot(`
    "error: STAGE_LIST: \`stage-kisok\` is no directory here
      at config:2:1
         STAGE_LIST="stage0 stage-kisok"
         ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
    hint: correct it, or say the whole list with \`--set STAGE_LIST='stage0 ...'\`"
  `);
});

test("a pi-gen for 32 bits, unless 64 are wanted", async () => {
  const files = { ...pigenTree("trixie", "armhf"), config: `IMG_NAME=kiosk\n${list}` };
  expect((await adopt({ files })).error).toMatchInlineSnapshot(`
    "error: this pi-gen builds for armhf (32 bit), and only arm64 can be built
      at config
    hint: \`--arch arm64\` takes the 64-bit system with the same stages and settings"
  `);
  const { error, notes, pinned } = await adopt({ files, arm64: true });
  expect(error).toBe("");
  expect(notes[0]).toContain("armhf");
  expect(pinned).toContain("arm64");
});

test("a release that pibuild does not build, unless another is wanted", async () => {
  const files = { config: `IMG_NAME=kiosk\nRELEASE=bullseye\n${list}` };
  expect((await adopt({ files })).error).toMatchInlineSnapshot(`
    "error: only bookworm and trixie can be built, and not bullseye
      at config:2:1
         RELEASE=bullseye
         ~~~~~~~~~~~~~~~~
    hint: \`--release trixie\` takes another: look through your stages for packages that it no longer has"
  `);
  const { error, images } = await adopt({ files, release: "bookworm" });
  expect(error).toBe("");
  expect(images.kiosk).toContain("release: bookworm");
});

test("a pi-gen whose build.sh does not say its release, unless a person does", async () => {
  const files = { ...pigenTree("trixie", "arm64"), "build.sh": "#!/bin/bash\n", config: list };
  expect((await adopt({ files })).error).toContain("build.sh does not say which Debian release");
  expect((await adopt({ files, release: "trixie" })).error).toBe("");
});
