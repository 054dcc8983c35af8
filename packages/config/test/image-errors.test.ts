import { renderError } from "@pibuild/core";
import { expect, test } from "vitest";
import { loadImage } from "../src/load-image.ts";
import { failure, scratchWorkspace } from "./scratch-workspace.ts";

const stages = "stages: [stages/debian-base]\n";

async function errorOf(
  text: string,
  env: Record<string, string> = {},
  directory = "pi",
): Promise<string> {
  await using workspace = await scratchWorkspace();
  await workspace.write(`apps/${directory}/image.yaml`, text);
  const error = await failure(loadImage(workspace.path, directory, { env }));
  return `\n${renderError(error).replaceAll(workspace.path, "<workspace>")}\n`;
}

test("a misspelt key", async () => {
  expect(await errorOf(`stagse: []\n${stages}`)).toMatchInlineSnapshot(`
    "
    error: unknown key \`stagse\`
      at apps/pi/image.yaml:1:1
         stagse: []
         ~~~~~~
    hint: did you mean \`stages\`?
    "
  `);
});

test("a key that resembles none", async () => {
  expect(await errorOf(`${stages}disk: { colour: red }\n`)).toMatchInlineSnapshot(`
    "
    error: unknown key \`colour\` in \`disk\`
      at apps/pi/image.yaml:2:9
         disk: { colour: red }
                 ~~~~~~
    hint: known keys: layout, table, board, size, boot_size, root_free, root_size, populate_both, seed
    "
  `);
});

test("a key twice", async () => {
  expect(await errorOf(`${stages}release: trixie\nrelease: bookworm\n`)).toMatchInlineSnapshot(`
    "
    error: \`release\` is here twice; keep one of them
      at apps/pi/image.yaml:3:1
         release: bookworm
         ~~~~~~~
    "
  `);
});

test("YAML that is none", async () => {
  expect(await errorOf(`${stages}settings:\n  ENABLE_SSH: [1\nname: x\n`)).toMatchInlineSnapshot(`
    "
    error: Flow sequence in block collection must be sufficiently indented and end with a ]
      at apps/pi/image.yaml:4:1
         name: x
         ~
    "
  `);
});

test("an alias without its anchor", async () => {
  expect(await errorOf(`${stages}name: *nobody\n`)).toMatchInlineSnapshot(`
    "
    error: there is no anchor \`&nobody\`
      at apps/pi/image.yaml:2:7
         name: *nobody
               ~~~~~~~
    "
  `);
});

test("text instead of a list", async () => {
  expect(await errorOf("stages: stages/debian-base\n")).toMatchInlineSnapshot(`
    "
    error: expected a list of stages, found text \`stages/debian-base\`
      at apps/pi/image.yaml:1:9
         stages: stages/debian-base
                 ~~~~~~~~~~~~~~~~~~
    "
  `);
});

test("an empty list, and an entry without a value", async () => {
  expect(await errorOf("stages: []\nsettings:\n  TARGET_HOSTNAME:\n")).toMatchInlineSnapshot(`
    "
    error: expected at least one stage, found an empty list
      at apps/pi/image.yaml:1:9
         stages: []
                 ~~
    error: expected a host name of at most 63 letters, digits and inner \`-\`, found nothing
      at apps/pi/image.yaml:3:19
           TARGET_HOSTNAME:
                           ~
    "
  `);
});

test("an empty file", async () => {
  expect(await errorOf("# nothing yet\n")).toMatchInlineSnapshot(`
    "
    error: \`stages\` is missing: it takes a list of stages
      at apps/pi/image.yaml:1:1
    "
  `);
});

test("a list instead of the whole file", async () => {
  expect(await errorOf("- stages\n")).toMatchInlineSnapshot(`
    "
    error: expected a map, found a list
      at apps/pi/image.yaml:1:1
         - stages
         ~~~~~~~~
    "
  `);
});

test("sizes", async () => {
  expect(
    await errorOf(
      `${stages}disk:\n  boot_size: 512 parsecs\n  root_size: 0.3KB\n  root_free: 1.0001KB\n`,
    ),
  ).toMatchInlineSnapshot(`
    "
    error: expected a size such as 512MiB or 2GiB, found text \`512 parsecs\`
      at apps/pi/image.yaml:3:14
           boot_size: 512 parsecs
                      ~~~~~~~~~~~
    error: expected a whole number of bytes, found text \`1.0001KB\`
      at apps/pi/image.yaml:5:14
           root_free: 1.0001KB
                      ~~~~~~~~
    error: \`root_free\` has no effect beside \`root_size\`; keep one of them
      at apps/pi/image.yaml:5:3
           root_free: 1.0001KB
           ~~~~~~~~~
    "
  `);
});

test("all problems of one file at once, in its order", async () => {
  expect(
    await errorOf(
      `name: My Image\nrelease: buster\n${stages}compression: { level: 12 }\nsource_date_epoch: -4\n`,
    ),
  ).toMatchInlineSnapshot(`
    "
    error: expected a name of a-z, 0-9, \`.\`, \`_\` and \`-\`, found text \`My Image\`
      at apps/pi/image.yaml:1:7
         name: My Image
               ~~~~~~~~
    error: expected one of bookworm, trixie, found text \`buster\`
      at apps/pi/image.yaml:2:10
         release: buster
                  ~~~~~~
    error: expected a level from 0 to 9, found the number 12
      at apps/pi/image.yaml:4:23
         compression: { level: 12 }
                               ~~
    error: expected whole seconds since 1970, found the number -4
      at apps/pi/image.yaml:5:20
         source_date_epoch: -4
                            ~~
    "
  `);
});

test("settings: typo, derived, reserved, unknown, wrong values", async () => {
  expect(
    await errorOf(
      [
        `${stages}settings:`,
        "  TARGET_HOSTNAM: pi",
        "  RELEASE: trixie",
        "  STAGE_DIR: x",
        "  MY_OWN_THING: x",
        "  ENABLE_SSH: yes",
        "  FIRST_USER_NAME: Root",
        "  WPA_COUNTRY: GBR",
        "",
      ].join("\n"),
    ),
  ).toMatchInlineSnapshot(`
    "
    error: unknown setting \`TARGET_HOSTNAM\`
      at apps/pi/image.yaml:3:3
           TARGET_HOSTNAM: pi
           ~~~~~~~~~~~~~~
    hint: did you mean \`TARGET_HOSTNAME\`?
    error: \`RELEASE\` follows from \`release:\`; set that instead
      at apps/pi/image.yaml:4:3
           RELEASE: trixie
           ~~~~~~~
    error: \`STAGE_DIR\` is set by pibuild itself
      at apps/pi/image.yaml:5:3
           STAGE_DIR: x
           ~~~~~~~~~
    error: unknown setting \`MY_OWN_THING\`
      at apps/pi/image.yaml:6:3
           MY_OWN_THING: x
           ~~~~~~~~~~~~
    hint: variables for the scripts of your own stages go below \`env:\`
    error: expected 1 or 0, found text \`yes\`
      at apps/pi/image.yaml:7:15
           ENABLE_SSH: yes
                       ~~~
    error: expected a user name: a lower-case letter, then at most 31 of a-z, 0-9, \`_\` and \`-\`, found text \`Root\`
      at apps/pi/image.yaml:8:20
           FIRST_USER_NAME: Root
                            ~~~~
    error: expected a country's two capital letters, such as GB, found text \`GBR\`
      at apps/pi/image.yaml:9:16
           WPA_COUNTRY: GBR
                        ~~~
    "
  `);
});

test("env: names, collisions with settings and with pi-gen's variables", async () => {
  expect(
    await errorOf(
      `${stages}env:\n  lower: 1\n  ENABLE_SSH: 1\n  ROOTFS_DIR: /\n  PATH: /bin\n  LIST: [a]\n`,
    ),
  ).toMatchInlineSnapshot(`
    "
    error: \`lower\` is no name of a variable: use A-Z, 0-9 and \`_\`
      at apps/pi/image.yaml:3:3
           lower: 1
           ~~~~~
    error: \`ENABLE_SSH\` is a setting; move it below \`settings:\`
      at apps/pi/image.yaml:4:3
           ENABLE_SSH: 1
           ~~~~~~~~~~
    error: \`ROOTFS_DIR\` is set by pibuild itself
      at apps/pi/image.yaml:5:3
           ROOTFS_DIR: /
           ~~~~~~~~~~
    error: \`PATH\` is set by pibuild itself
      at apps/pi/image.yaml:6:3
           PATH: /bin
           ~~~~
    error: expected text, a number, true or false, found a list
      at apps/pi/image.yaml:7:9
           LIST: [a]
                 ~~~
    "
  `);
});

test("pi-gen's cross rules", async () => {
  expect(
    await errorOf(
      `${stages}settings:\n  PUBKEY_ONLY_SSH: 1\n  DISABLE_FIRST_BOOT_USER_RENAME: true\n`,
    ),
  ).toMatchInlineSnapshot(`
    "
    error: \`PUBKEY_ONLY_SSH\` is on, but \`PUBKEY_SSH_FIRST_USER\` is not set
      at apps/pi/image.yaml:3:3
           PUBKEY_ONLY_SSH: 1
           ~~~~~~~~~~~~~~~
    hint: add your public key as PUBKEY_SSH_FIRST_USER, or nobody could log in
    error: \`DISABLE_FIRST_BOOT_USER_RENAME\` is on, but \`FIRST_USER_PASS\` is not set
      at apps/pi/image.yaml:4:3
           DISABLE_FIRST_BOOT_USER_RENAME: true
           ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
    hint: set FIRST_USER_PASS, in the environment if it must not stand in the file
    "
  `);
});

test("the environment breaks a rule or a schema", async () => {
  expect(
    await errorOf(stages, {
      APT_PROXY: "ftp://proxy.example.org",
      PUBKEY_ONLY_SSH: "1",
      SOURCE_DATE_EPOCH: "yesterday",
    }),
  ).toMatchInlineSnapshot(`
    "
    error: \`PUBKEY_ONLY_SSH\` is on, but \`PUBKEY_SSH_FIRST_USER\` is not set
      at environment variable PUBKEY_ONLY_SSH
    hint: add your public key as PUBKEY_SSH_FIRST_USER, or nobody could log in
    error: expected an http:// or https:// address, found \`ftp://proxy.example.org\`
      at environment variable APT_PROXY
    error: expected whole seconds since 1970, found \`yesterday\`
      at environment variable SOURCE_DATE_EPOCH
    "
  `);
});

test("a disk that contradicts itself", async () => {
  const messages = async (disk: string) => {
    const text = await errorOf(`${stages}disk: ${disk}\n`);
    return text.split("\n").filter((line) => /^(error|hint):/.test(line));
  };
  expect(await messages("{ layout: ab6, boot_size: 1GiB, root_free: 1MiB }")).toEqual([
    "error: `ab6` has no `boot_size`",
    "hint: `size` is that of the whole disk; all partitions but the two roots have fixed sizes",
    "error: `ab6` has no `root_free`",
    "hint: `size` is that of the whole disk; all partitions but the two roots have fixed sizes",
  ]);
  expect(await messages("{ size: 4GiB, root_size: 2GiB }")).toContain(
    "error: `root_size` has no effect beside `size`; keep one of them",
  );
  expect(await messages("{ populate_both: true }")).toContain(
    "error: `populate_both` is for two systems on one disk, and `standard` has one",
  );
  expect(await messages("{ table: gpt }")).toEqual([
    "error: not every board boots from `gpt`, and `board` does not say which one it is",
    "hint: add `board:`, one of pi4, cm4, pi5, cm5, or choose another table",
  ]);
  expect(await messages("{ table: gpt, board: pi3 }")).toEqual([
    "error: `pi3` does not boot from `gpt`: its boot ROM looks for `bootcode.bin` in an MBR only",
    "hint: choose one of mbr, gpt-hybrid",
  ]);
  expect(await messages("{ table: gtp, board: pi6, layout: ab }")).toEqual([
    "error: expected one of standard, ab6, found text `ab`",
    "error: expected one of mbr, gpt, gpt-hybrid, found text `gtp`",
    "error: expected one of zero2w, pi3, pi4, cm4, pi5, cm5, found text `pi6`",
  ]);
});

test("a payload that no device could take", async () => {
  const messages = async (text: string) => {
    const shown = await errorOf(`${stages}${text}`);
    return shown.split("\n").filter((line) => /^(error|hint):/.test(line));
  };
  const payload = "payload: { compatible: kn86-deckline, version: 1.2.0 }\n";
  expect(await messages(payload)).toEqual([
    "error: a payload goes to the slot that does not run, and this disk has no slots",
    "hint: leave it out, or choose `layout: ab6` for the disk",
  ]);
  expect(await messages(`disk: { layout: ab6 }\n${payload}`)).toEqual([
    "error: the payload does not say which boards it boots on",
    "hint: add `board:` to the disk, or `boards:` to the payload",
  ]);
  const bad = "payload: { compatible: 'kn 86', version: '1.2', level: 20 }\n";
  expect(await messages(`disk: { layout: ab6, board: zero2w }\n${bad}`)).toEqual([
    "error: expected a word of A-Z, a-z, 0-9 and . _ + / -, found text `kn 86`",
    "error: expected a version such as 1.2.0 or 1.2.0-rc.1, found text `1.2`",
    "error: expected a level from 1 to 19, found the number 20",
  ]);
});

test("two stages of one name", async () => {
  expect(await errorOf("stages:\n  - a/base\n  - b/base\n  - ./a/base\n")).toMatchInlineSnapshot(`
    "
    error: \`a/base\` and \`b/base\` are both called \`base\`, and need different names
      at apps/pi/image.yaml:3:5
           - b/base
             ~~~~~~
    error: stage \`./a/base\` is here twice
      at apps/pi/image.yaml:4:5
           - ./a/base
             ~~~~~~~~
    "
  `);
});

test("a stage that does not exist", async () => {
  expect(
    await errorOf("stages:\n  - stages/debian-base\n  - stages/debian-light\n"),
  ).toMatchInlineSnapshot(`
    "
    error: apps/pi/image.yaml:3:5: stage \`stages/debian-light\` does not exist (looked in \`<workspace>/stages/debian-light\`)

    hint: did you mean \`stages/debian-lite\`?
    "
  `);
});

test("a directory whose name cannot name an image", async () => {
  expect(await errorOf(stages, {}, "My Pi")).toMatchInlineSnapshot(`
    "
    error: the directory's name cannot name an image; add \`name:\`, a name of a-z, 0-9, \`.\`, \`_\` and \`-\`
      at apps/My Pi/image.yaml:1:1
    "
  `);
});

test("an unknown image, also one that climbs out of apps/", async () => {
  await using workspace = await scratchWorkspace();
  await workspace.write("apps/kiosk/image.yaml", stages);
  await workspace.write("image.yaml", stages);
  const errors = [
    await failure(loadImage(workspace.path, "kisok")),
    await failure(loadImage(workspace.path, "..")),
  ];
  expect(`\n${errors.map(renderError).join("\n")}\n`).toMatchInlineSnapshot(`
    "
    error: there is no image \`kisok\`

    hint: did you mean \`kiosk\`?
    error: there is no image \`..\`

    hint: images here: kiosk
    "
  `);
});

test.each([
  ["a list", "  FIRST_USER_PASS: [hunter2, hunter3]\n"],
  ["a broken quote", '  FIRST_USER_PASS: "hunter2\n'],
  ["in a flow map", "  { FIRST_USER_PASS: hunter2, ENABLE_SSH: maybe }\n"],
  ["a line too many", '  FIRST_USER_PASS: "hunter2\\nx"\n'],
])("an error never shows a password: %s", async (_name, text) => {
  const shown = await errorOf(`${stages}settings:\n${text}`);
  expect(shown).toContain("error: ");
  expect(shown).not.toContain("hunter");
});

test("an error about the environment never shows a password", async () => {
  expect(await errorOf(stages, { FIRST_USER_PASS: "hunter2\nx" })).not.toContain("hunter");
});

test("a name that is not the directory's", async () => {
  expect(await errorOf(`name: other\n${stages}`)).toMatchInlineSnapshot(`
    "
    error: \`name\` is \`other\`, but the image's directory is \`pi\`
      at apps/pi/image.yaml:1:1
         name: other
         ~~~~
    hint: leave \`name\` out, or rename the directory
    "
  `);
});

test("a stage whose name a target cannot have", async () => {
  const text = "stages: [stages/debian-base, stages/my stage]\n";
  expect(await errorOf(text)).toMatchInlineSnapshot(`
    "
    error: stage name \`my stage\` may hold letters, digits, \`.\`, \`_\` and \`-\` only
      at apps/pi/image.yaml:1:30
         stages: [stages/debian-base, stages/my stage]
                                      ~~~~~~~~~~~~~~~
    hint: rename the stage's directory
    "
  `);
});

test("a stage with the name of one that finishes the image", async () => {
  expect(await errorOf("stages: [stages/debian-base, stages/partitions]\n")).toContain(
    "`stages/partitions` and `stages/partitions`, which finishes the image, are both called `partitions`",
  );
  expect(await errorOf(`${stages}export: [stages/export, other/export]\n`)).toContain(
    "`stages/export` and `other/export`, which finishes the image, are both called `export`",
  );
});
