import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeTree } from "@pibuild/core";
import { type Tree, writeTree } from "@pibuild/test-kit";
import { expect, test } from "vitest";
import { findPigenSource } from "../src/adopt/pigen-source.ts";
import { adopt, ownStage, pigenTree } from "./adopt-rig.ts";

const marks = (...names: string[]) => Object.fromEntries(names.map((name) => [name, ""]));

test("a clone of pi-gen for a lite image, by SKIP in the stages of the desktop", async () => {
  const { images, notes, pinned } = await adopt({
    files: {
      ...pigenTree("bookworm", "arm64"),
      ...marks("stage3/SKIP", "stage4/SKIP", "stage5/SKIP", "stage4/SKIP_IMAGES"),
      ...marks("stage5/SKIP_IMAGES", "stage2/01-sys-tweaks/SKIP"),
      config: "IMG_NAME='lite'\nENABLE_SSH=1\n",
    },
  });
  expect(images).toMatchInlineSnapshot(`
    {
      "lite": "name: lite
    release: bookworm
    stages:
      - pi-gen/stage0
      - pi-gen/stage1
      - pi-gen/stage2
    skip:
      - stage2/01-sys-tweaks
    settings:
      ENABLE_SSH: 1
    ",
    }
  `);
  expect(notes).toMatchInlineSnapshot(`
    [
      "config: which of pi-gen's tags this is cannot be told, so it is built with as it is: \`PIGEN_DIR=.\` in the environment says so, and the scripts of package.json have it",
      "config: \`pi-gen/stage3\` has a file SKIP, and is left out of \`stages:\`",
      "config: \`pi-gen/stage4\` has a file SKIP, and is left out of \`stages:\`",
      "config: \`pi-gen/stage5\` has a file SKIP, and is left out of \`stages:\`",
    ]
  `);
  expect(pinned).toBe("2026-06-18-raspios-bookworm-arm64");
});

test("a clone of pi-gen as it is: three images, one on the other", async () => {
  const { images, notes } = await adopt({
    files: { ...pigenTree("trixie", "arm64"), config: "IMG_NAME=Desktop\n" },
    tag: "2025-12-04-raspios-trixie-arm64",
  });
  expect(images).toMatchInlineSnapshot(`
    {
      "desktop": "name: desktop
    release: trixie
    stages:
      - pi-gen/stage0
      - pi-gen/stage1
      - pi-gen/stage2
      - pi-gen/stage3
      - pi-gen/stage4
    ",
      "desktop-full": "name: desktop-full
    release: trixie
    stages:
      - pi-gen/stage0
      - pi-gen/stage1
      - pi-gen/stage2
      - pi-gen/stage3
      - pi-gen/stage4
      - pi-gen/stage5
    ",
      "desktop-lite": "name: desktop-lite
    release: trixie
    stages:
      - pi-gen/stage0
      - pi-gen/stage1
      - pi-gen/stage2
    ",
    }
  `);
  expect(notes).toMatchInlineSnapshot(`
    [
      "config:1:1: \`IMG_NAME\` is written \`desktop\`: names of images are of a-z, 0-9, \`.\`, \`_\` and \`-\`; \`IMG_NAME=Desktop\` in the environment calls the files so",
    ]
  `);
});

test("a custom stage after stage2 in a clone at a tag, its stage2 not exported", async () => {
  const { images, notes, pinned } = await adopt({
    files: pigenTree("trixie", "arm64"),
    tag: "2025-12-04-raspios-trixie-arm64",
    after: {
      ...ownStage("stage-kiosk"),
      "stage-kiosk/EXPORT_IMAGE": "IMG_SUFFIX=-kiosk\n",
      ...marks("stage2/SKIP_IMAGES"),
      config: 'IMG_NAME=player\nSTAGE_LIST="stage0 stage1 stage2 stage-kiosk"\n',
    },
  });
  expect(images).toMatchInlineSnapshot(`
    {
      "player": "name: player
    release: trixie
    stages:
      - pi-gen/stage0
      - pi-gen/stage1
      - pi-gen/stage2
      - stage-kiosk
    ",
    }
  `);
  expect(notes).toEqual([]);
  expect(pinned).toBe("2025-12-04-raspios-trixie-arm64");
});

test("a clone whose own stages were changed takes those from here", async () => {
  const { images, notes } = await adopt({
    files: pigenTree("trixie", "arm64"),
    tag: "2025-12-04-raspios-trixie-arm64",
    after: {
      "stage2/01-sys-tweaks/00-packages": "vim\nhtop\n",
      "stage2/05-mine/00-packages": "jq\n",
      config: 'IMG_NAME=mine\nSTAGE_LIST="stage0 stage1 stage2"\n',
    },
  });
  expect(images.mine).toContain("  - pi-gen/stage1\n  - stage2\n");
  expect(notes).toMatchInlineSnapshot(`
    [
      "config:2:1: \`stage2\` is not as in 2025-12-04-raspios-trixie-arm64, and so taken from here: stage2/01-sys-tweaks/00-packages, stage2/05-mine/00-packages",
    ]
  `);
});

test("a clone whose scripts were changed is built with as it is, by its own names", async () => {
  const { images, notes, own, pinned } = await adopt({
    files: pigenTree("trixie", "arm64"),
    tag: "2025-12-04-raspios-trixie-arm64",
    after: {
      "scripts/common": "log() { date; }\n",
      "build.sh": "export ARCH=arm64\nexport RELEASE=${RELEASE:-trixie}\nexport MINE=${MINE:-1}\n",
      "stage2/05-mine/00-packages": "jq\n",
      config: 'IMG_NAME=mine\nSTAGE_LIST="stage0 stage1 stage2"\n',
    },
  });
  expect(images.mine).toContain("  - pi-gen/stage1\n  - pi-gen/stage2\n");
  expect(notes).toMatchInlineSnapshot(`
    [
      "config: build.sh is not as in \`2025-12-04-raspios-trixie-arm64\`: stages are run as that one runs them, with the variables that \`config\` sets",
      "config: scripts/common: not as in \`2025-12-04-raspios-trixie-arm64\`, so it is built with as it is: \`PIGEN_DIR=.\` in the environment says so, and the scripts of package.json have it",
    ]
  `);
  expect([own, pinned]).toEqual([".", "2025-12-04-raspios-trixie-arm64"]);
});

test("stages of the project's own by paths: relative, absolute, as build-docker.sh has them, elsewhere", async () => {
  const { images, notes, error } = await adopt({
    files: {
      ...ownStage("stages/a"),
      ...ownStage("b"),
      ...ownStage("c"),
      config: [
        "IMG_NAME=paths",
        'STAGE_LIST="stage0 /pi-gen/stage1 pi-gen/stage2 ./stages/a $BASE_DIR/b /pi-gen/c /usr"',
      ].join("\n"),
    },
  });
  expect(error).toBe("");
  expect(images.paths).toMatchInlineSnapshot(`
    "name: paths
    release: trixie
    stages:
      - pi-gen/stage0
      - pi-gen/stage1
      - pi-gen/stage2
      - stages/a
      - b
      - c
      - /usr
    "
  `);
  expect(notes).toMatchInlineSnapshot(`
    [
      "config:2:1: \`/usr\` is outside of the project: another machine needs it in the same place",
      "config: \`/usr\` has no EXPORT_IMAGE, so build.sh makes no image of it; pibuild makes one of all stages",
    ]
  `);
});

test("pi-gen as a submodule, with the config beside it", async () => {
  const submodule = Object.entries(pigenTree("bookworm", "arm64"));
  const { images, notes, pinned } = await adopt({
    files: {
      ...Object.fromEntries(submodule.map(([path, text]) => [`pi-gen/${path}`, text])),
      ...ownStage("stage-x"),
      config: 'export STAGE_LIST="stage0 stage1 stage2 ../stage-x"\nIMG_NAME=sub\n',
    },
    tag: "2025-05-13-raspios-bookworm-arm64",
    at: "pi-gen",
    after: marks("pi-gen/stage2/SKIP_IMAGES"),
  });
  expect(images.sub).toMatchInlineSnapshot(`
    "name: sub
    release: bookworm
    stages:
      - pi-gen/stage0
      - pi-gen/stage1
      - pi-gen/stage2
      - stage-x
    "
  `);
  expect(notes).toMatchInlineSnapshot(`
    [
      "config: \`stage-x\` has no EXPORT_IMAGE, so build.sh makes no image of it; pibuild makes one of all stages",
    ]
  `);
  expect(pinned).toBe("2025-05-13-raspios-bookworm-arm64");
});

test("files that a script copies into pi-gen's own stage are told of", async () => {
  const { notes } = await adopt({
    files: {
      "stage2/09-mine/00-run.sh": "true\n",
      config: 'IMG_NAME=copied\nSTAGE_LIST="stage0 stage1 stage2"\n',
    },
  });
  expect(notes).toMatchInlineSnapshot(`
    [
      "config:2:1: \`stage2\` has no prerun.sh, as what a script copies into pi-gen's: pi-gen's own stage2 is taken, and nothing of this; make a stage of it",
    ]
  `);
});

test("a NOOBS image and a script behind the build are told of", async () => {
  const { images, notes } = await adopt({
    files: {
      ...ownStage("stage-a"),
      ...marks("stage-a/EXPORT_NOOBS"),
      "postrun.sh": "true\n",
      config: 'IMG_NAME=noobs\nSTAGE_LIST="stage0 stage-a"\n',
    },
  });
  expect(Object.keys(images)).toEqual(["noobs"]);
  expect(notes).toMatchInlineSnapshot(`
    [
      "config: \`stage-a\` has no EXPORT_IMAGE, so build.sh makes no image of it; pibuild makes one of all stages",
      "config: EXPORT_NOOBS of \`stage-a\` has no effect: pibuild makes no image for NOOBS",
      "config: \`postrun.sh\` is not run: call it yourself, after the build",
    ]
  `);
});

test("users, keys, Wi-Fi: settings are carried, a password goes into a file of its own", async () => {
  const { images, notes, secrets } = await adopt({
    files: {
      config: [
        "IMG_NAME=login",
        "RELEASE=bookworm",
        "FIRST_USER_NAME=captain",
        "FIRST_USER_PASS='p$ss \"word\"'",
        "DISABLE_FIRST_BOOT_USER_RENAME=1",
        "export PUBKEY_SSH_FIRST_USER='ssh-ed25519 AAAA one",
        "ssh-ed25519 BBBB two'",
        "PUBKEY_ONLY_SSH=1",
        "ENABLE_SSH='1'",
        "WPA_COUNTRY=US",
        "WPA_ESSID=home",
        "WPA_PASSWORD=secret123",
        'KEYBOARD_LAYOUT="English (US)"',
        "STAGE_LIST='stage0 stage1 stage2'",
      ].join("\n"),
    },
  });
  expect(images).toMatchInlineSnapshot(`
    {
      "login": "name: login
    release: bookworm
    stages:
      - pi-gen/stage0
      - pi-gen/stage1
      - pi-gen/stage2
    settings:
      FIRST_USER_NAME: captain
      DISABLE_FIRST_BOOT_USER_RENAME: 1
      PUBKEY_SSH_FIRST_USER: |-
        ssh-ed25519 AAAA one
        ssh-ed25519 BBBB two
      PUBKEY_ONLY_SSH: 1
      ENABLE_SSH: 1
      WPA_COUNTRY: US
      KEYBOARD_LAYOUT: English (US)
      FIRST_USER_PASS_FILE: first-user-pass.secret
    ",
    }
  `);
  expect(notes).toMatchInlineSnapshot(`
    [
      "config:11:1: \`WPA_ESSID\` is left out: no branch of pi-gen reads it: Raspberry Pi Imager, user-data of cloud-init or a stage of yours sets the network up",
      "config:12:1: \`WPA_PASSWORD\` is left out: no branch of pi-gen reads it: Raspberry Pi Imager, user-data of cloud-init or a stage of yours sets the network up",
    ]
  `);
  expect(secrets).toEqual({ FIRST_USER_PASS: 'p$ss "word"' });
});

test("what programs read by themselves is kept for pi-gen's own stages as well", async () => {
  const config = "IMG_NAME=own\nexport APT_CONFIG=/etc/apt/quick.conf KIOSK_URL=x\n";
  const { images } = await adopt({ files: { ...pigenTree("bookworm", "arm64"), config } });
  expect(images["own-lite"]).toContain("env:\n  APT_CONFIG: /etc/apt/quick.conf\n");
  expect(images["own-lite"]).not.toContain("KIOSK_URL");
});

test("variables of a config's own: exported ones are carried, others were never seen", async () => {
  const { images, notes } = await adopt({
    files: {
      ...ownStage("stage-a"),
      config: [
        "IMG_NAME=own",
        'STAGE_LIST="stage0 stage1 stage2 stage-a"',
        'export KIOSK_URL="https://example.org/?a=b"',
        "export count=2",
        "export PATH=/opt/bin",
        "GPU_MEM=128",
        "HOSTNAME=x",
        "TARGET_HOSTNAM=kiosk",
        "DEBIAN_FRONTEND=noninteractive",
        "HELPER=1",
        "export USES=x$HELPER",
      ].join("\n"),
    },
  });
  expect(images.own).toMatchInlineSnapshot(`
    "name: own
    release: trixie
    stages:
      - pi-gen/stage0
      - pi-gen/stage1
      - pi-gen/stage2
      - stage-a
    env:
      KIOSK_URL: https://example.org/?a=b
      USES: x1
    "
  `);
  expect(notes).toMatchInlineSnapshot(`
    [
      "config:4:8: \`count\` is left out: names below \`env:\` are of A-Z, 0-9 and \`_\`: rename it in the scripts, too",
      "config:5:8: \`PATH\` is left out: pibuild sets it itself",
      "config:6:1: \`GPU_MEM\` is left out: pi-gen does not read it, and without \`export\` its stages did not see it either",
      "config:7:1: \`HOSTNAME\` is left out: pi-gen does not read it; TARGET_HOSTNAME is the Pi's name",
      "config:8:1: \`TARGET_HOSTNAM\` is left out: pi-gen does not read it, and without \`export\` its stages did not see it either; did you mean \`TARGET_HOSTNAME\`?",
      "config:9:1: \`DEBIAN_FRONTEND\` is left out: every step has it",
      "config: \`stage-a\` has no EXPORT_IMAGE, so build.sh makes no image of it; pibuild makes one of all stages",
    ]
  `);
});

test.each([
  ["DEPLOY_COMPRESSION=xz\nCOMPRESSION_LEVEL=9", 9, []],
  ["DEPLOY_COMPRESSION=xz", undefined, []],
  [
    "DEPLOY_COMPRESSION=zip\nCOMPRESSION_LEVEL=9",
    undefined,
    ["are packed as `.img.xz`", "not that of xz"],
  ],
  ["DEPLOY_COMPRESSION=none", undefined, ["--target disk"]],
  ["DEPLOY_ZIP=0", undefined, ["--target disk"]],
])("how images are packed: %s", async (text, level, said) => {
  const config = `IMG_NAME=packed\nSTAGE_LIST="stage0 stage1 stage2"\n${text}\n`;
  const { images, notes } = await adopt({ files: { config } });
  expect(/level: (\d)/.exec(images.packed ?? "")?.[1]).toBe(level?.toString());
  expect(notes).toHaveLength(said.length);
  for (const [index, words] of said.entries()) expect(notes[index]).toContain(words);
});

test("qemu, a proxy, other sources, a date, a place for the files", async () => {
  const { images, notes } = await adopt({
    files: {
      config: [
        "IMG_NAME=qemu",
        "STAGE_LIST='stage0 stage1 stage2'",
        "USE_QEMU=1",
        "SETFCAP=1",
        "APT_PROXY=http://localhost:3142",
        'TEMP_REPO="deb http://archive.example.org/ RELEASE main"',
        "IMG_DATE=2026-01-02",
        'DEPLOY_DIR="$BASE_DIR/out"',
        "CLEAN=1",
        'LOG_FILE="${WORK_DIR}/build.log"',
        "PI_GEN_RELEASE=Mine",
      ].join("\n"),
    },
  });
  expect(images.qemu).toMatchInlineSnapshot(`
    "name: qemu
    release: trixie
    stages:
      - pi-gen/stage0
      - pi-gen/stage1
      - pi-gen/stage2
    settings:
      USE_QEMU: 1
      SETFCAP: 1
      APT_PROXY: http://localhost:3142
      TEMP_REPO: deb http://archive.example.org/ RELEASE main
      PI_GEN_RELEASE: Mine
    source_date_epoch: 1767312000
    output_dir: out
    "
  `);
  expect(notes).toMatchInlineSnapshot(`
    [
      "config:9:1: \`CLEAN\` is left out: what changed is built anew by itself, and nothing else",
      "config:10:1: \`LOG_FILE\` is left out: each step's log is in \`.pibuild/logs\`",
    ]
  `);
});

test("a name that no image can have is written as one, and said", async () => {
  const { images, notes } = await adopt({
    files: { config: 'IMG_NAME="My Pi OS"\nSTAGE_LIST="stage0 stage1 stage2"\n' },
  });
  expect(Object.keys(images)).toEqual(["my-pi-os"]);
  expect(notes).toHaveLength(1);
});

test("a variable that the project's own build.sh hands on is carried without an export of its own", async () => {
  const files = { ...pigenTree("trixie", "arm64"), ...ownStage("stage-a") };
  const { images } = await adopt({
    files: {
      ...files,
      "build.sh": `${files["build.sh"]}export KERNEL_TAG\n`,
      config: 'IMG_NAME=own\nKERNEL_TAG=rpi-6.12.y\nSTAGE_LIST="stage0 stage1 stage2 stage-a"\n',
    },
  });
  expect(images.own).toContain("env:\n  KERNEL_TAG: rpi-6.12.y\n");
});

const described: readonly (readonly [what: string, files: Tree, found: string])[] = [
  ["config", { config: "IMG_NAME=a\n", "config.old": "IMG_NAME=b\n" }, "config"],
  [
    "another name that begins so",
    { config_rak: "export IMG_NAME=a\n", "config.js": "x\n" },
    "config_rak",
  ],
  ["several such names", { config_a: "IMG_NAME=a\n", config_b: "IMG_NAME=b\n" }, "error"],
  ["a directory called config", { "config/app.yml": "a: 1\n" }, "nothing"],
  ["a config of another program", { config: "[core]\n" }, "nothing"],
  ["a workflow", { ".github/workflows/a.yaml": "- uses: usimd/pi-gen-action@v1\n" }, "workflow"],
  ["a clone without a config", pigenTree("trixie", "arm64"), "config"],
];

test.each(described)("what describes a project: %s", async (_what, files, found) => {
  const directory = await mkdtemp(join(tmpdir(), "pibuild source-"));
  try {
    await writeTree(directory, files);
    if (found === "error")
      expect(() => findPigenSource(directory)).toThrow("`config_a` and `config_b`");
    else {
      const source = findPigenSource(directory);
      const name = source?.kind === "workflow" ? "workflow" : source?.file;
      expect(name ?? "nothing").toBe(found);
    }
  } finally {
    await removeTree(directory);
  }
});
