import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createExec, formatDuration, removeTree } from "@pibuild/core";
import { needs, type Tree, writeTree } from "@pibuild/test-kit";
import { afterAll, beforeAll, describe, expect } from "vitest";
import {
  lendDirectory,
  type PackageSource,
  raspberryArchive,
} from "../../tools/stand-in-archive/index.ts";
import { createCard } from "./card-machine.ts";
import { commonStore, repository } from "./image-rig.ts";
import { say } from "./rpios-builds.ts";

/*
 * pi-gen as people have it: a clone with a config of their own in it, and the files that its README tells of.
 * `pibuild init` adopts each, and the image is built whole.
 */
const piGen = process.env.PIGEN_DIR ?? "";
const whole = needs(
  ...(["root", "mksquashfs", "debootstrap", "mke2fs", "mcopy", "sfdisk", "debugfs", "dh"] as const),
  ...(["git", "PIGEN_DIR"] as const),
);
const exec = createExec();
const GiB = 1024 ** 3;
const cli = join(repository, "apps/cli/bin/pibuild.mjs");

/** No more than the Lite image, as pi-gen's README skips the others. */
const liteOnly: Tree = Object.fromEntries(
  ["stage3", "stage4", "stage5"].flatMap((stage) => [
    [`${stage}/SKIP`, ""],
    [`${stage}/SKIP_IMAGES`, ""],
  ]),
);
const prerun = '#!/bin/bash -e\nif [ ! -d "${ROOTFS_DIR}" ]; then\n\tcopy_previous\nfi\n';

interface SetUp {
  readonly what: string;
  readonly files: Tree;
  readonly init?: readonly string[];
  /** Files of the image and what stands in each. */
  readonly holds: Readonly<Record<string, RegExp>>;
}

const setUps: readonly SetUp[] = [
  {
    what: "a name and nothing else",
    files: { ...liteOnly, config: "IMG_NAME=plain\n" },
    holds: { "etc/hostname": /^raspberrypi$/m, "etc/rpi-issue": /stage2/ },
  },
  {
    what: "a user, a key, a language, a time zone",
    files: {
      ...liteOnly,
      config: `IMG_NAME='settled'
TARGET_HOSTNAME="deck-7"
FIRST_USER_NAME=captain
FIRST_USER_PASS='p$ss "word"'
DISABLE_FIRST_BOOT_USER_RENAME=1
ENABLE_SSH=1
PUBKEY_SSH_FIRST_USER="ssh-ed25519 AAAA one"
PUBKEY_ONLY_SSH=1
WPA_COUNTRY=SE
LOCALE_DEFAULT=de_DE.UTF-8
TIMEZONE_DEFAULT=Europe/Berlin
KEYBOARD_KEYMAP=de
KEYBOARD_LAYOUT="German"
`,
    },
    holds: {
      "etc/hostname": /^deck-7$/m,
      "etc/passwd": /^captain:x:1000:/m,
      "etc/timezone": /^Europe\/Berlin$/m,
      "etc/default/keyboard": /XKBLAYOUT="?de/,
      "home/captain/.ssh/authorized_keys": /AAAA one/,
    },
  },
  {
    what: "a list of stages that ends with one of one's own",
    files: {
      config: 'IMG_NAME=kiosk\nSTAGE_LIST="stage0 stage1 stage2 stage-kiosk"\nexport KIOSK_URL=x\n',
      "stage2/SKIP_IMAGES": "",
      "stage-kiosk/EXPORT_IMAGE": 'IMG_SUFFIX=""\n',
      "stage-kiosk/prerun.sh": prerun,
      "stage-kiosk/00-app/00-packages": "figlet\n",
      "stage-kiosk/00-app/01-run-chroot.sh": 'echo "${KIOSK_URL}" >/etc/kiosk\n',
    },
    holds: { "etc/kiosk": /^x$/m, "var/lib/dpkg/info/figlet.list": /figlet/ },
  },
  {
    what: "a config of another name, with a file that it sources",
    files: {
      ...liteOnly,
      "settings.common": "export LEVEL=1\nTARGET_HOSTNAME=sourced\n",
      "config-lab":
        "source settings.common\nIMG_NAME=lab\nDEPLOY_COMPRESSION=xz\nCOMPRESSION_LEVEL=1\n",
    },
    init: ["--config", "config-lab"],
    holds: { "etc/hostname": /^sourced$/m },
  },
  {
    what: "a sub-stage of pi-gen's that is skipped, and one that was changed",
    files: {
      ...liteOnly,
      config: "IMG_NAME=changed\n",
      "stage2/03-accept-mathematica-eula/SKIP": "",
      "stage2/02-net-tweaks/99-run.sh": '#!/bin/bash -e\necho own >"${ROOTFS_DIR}/etc/own"\n',
    },
    holds: { "etc/own": /^own$/m },
  },
];

let directory: string;
let archive: PackageSource;
let lent: Awaited<ReturnType<typeof lendDirectory>>;

beforeAll(async () => {
  if (piGen === "") return;
  directory = await mkdtemp("/var/tmp/pibuild-set-ups-");
  lent = await lendDirectory(`set-ups-${process.pid}`);
  const stages = ["stage0", "stage1", "stage2", "export-image"].map((name) => join(piGen, name));
  archive = await raspberryArchive(exec, {
    ...{ release: "bookworm", arch: "arm64", stages, scratch: join(directory, "scratch") },
    ...{ lent: lent.path, env: process.env },
  });
  // A stand-in has packages for one architecture.
  await writeFile(join(lent.path, "apt.conf"), 'APT::Architectures { "arm64"; };\n');
}, 10 * 60_000);
afterAll(async () => {
  if (piGen === "") return;
  await archive[Symbol.asyncDispose]();
  await lent[Symbol.asyncDispose]();
  await removeTree(directory);
});

describe("pi-gen with", () => {
  for (const setUp of setUps) {
    whole(`${setUp.what} is adopted and built`, () => adoptAndBuild(setUp), 60 * 60_000);
  }
});

async function adoptAndBuild({ what, files, init = [], holds }: SetUp): Promise<void> {
  const path = join(directory, what.replaceAll(/\W/g, "-"));
  const git = (...args: readonly string[]) => exec.run({ program: "git", args });
  await git("clone", "--quiet", "--shared", piGen, path);
  await writeTree(path, files);
  const pibuild = (...args: readonly string[]) =>
    exec.run({
      program: "node",
      args: [cli, ...args],
      cwd: path,
      env: { HOME: process.env.HOME ?? "/root", PIBUILD_STORE: commonStore, PIGEN_DIR: piGen },
    });
  const told = await pibuild("init", "--no-sync", ...init);
  const [image = ""] = await readdir(join(path, "apps"));
  await useStandIn(join(path, "apps", image, "image.yaml"));
  const started = performance.now();
  await pibuild("build", image, "--target", "disk");
  say(`${what}: ${image}, ${formatDuration(performance.now() - started)}`);
  for (const line of told.stderr.split("\n")) say(`  ${line}`);

  const disk = join(path, "dist", image, `${image}.img`);
  await pibuild("inspect", disk);
  const card = await createCard(disk, directory, 4 * GiB);
  for (const [file, content] of Object.entries(holds))
    expect(await card.debugfs(`cat /${file}`), file).toMatch(content);
}

/** What an archive that stands in for Raspberry Pi's needs besides. */
async function useStandIn(file: string): Promise<void> {
  if (archive.tempRepo === undefined) return;
  const text = await readFile(file, "utf8");
  const add = (into: string, key: string, line: string) =>
    into.includes(`\n${key}:\n`)
      ? into.replace(`\n${key}:\n`, `\n${key}:\n  ${line}\n`)
      : `${into}${key}:\n  ${line}\n`;
  const lends = add(`${text}host_devices: true\n`, "settings", `TEMP_REPO: "${archive.tempRepo}"`);
  await writeFile(file, add(lends, "env", `APT_CONFIG: ${lent.path}/apt.conf`));
}
