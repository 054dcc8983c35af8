import { afterAll, beforeAll, describe, expect } from "vitest";
import { type Contract, createContract, onSteps, type TaskRun } from "./contract-stages.ts";

/** What bash adds by itself. */
const byBash = ["OLDPWD", "PWD", "SHLVL", "_"];
/** What pibuild adds to pi-gen's names, and what every program gets. */
const byPibuild = [
  ...["APT_MIRROR", "APT_SECURITY_MIRROR", "BOOT_PARTUUID", "ROOT_PARTUUID", "SOURCE_DATE_EPOCH"],
  ...["ARM64", "ARMHF", "GIT_DESCRIBE"],
  "DEBIAN_FRONTEND",
  ...[
    "PIBUILD_APT_ARCHIVES",
    "PIBUILD_FETCH",
    "PIBUILD_RESOLV_CONF",
    "HOME",
    "LANG",
    "PATH",
    "SETFCAP",
    "TERM",
    "TZ",
  ],
];
/** pi-gen's names that are set whatever the configuration. */
const byPigen = [
  ...[
    "ARCH",
    "ARCHIVE_FILENAME",
    "BASE_DIR",
    "CAPSH_ARG",
    "COMPRESSION_LEVEL",
    "DEPLOY_COMPRESSION",
    "DEPLOY_DIR",
  ],
  ...["DISABLE_FIRST_BOOT_USER_RENAME", "ENABLE_CLOUD_INIT", "ENABLE_SSH", "EXPORT_CONFIG_DIR"],
  ...["FIRST_USER_NAME", "GIT_HASH", "IMG_DATE", "IMG_FILENAME", "IMG_NAME", "KEYBOARD_KEYMAP"],
  ...["KEYBOARD_LAYOUT", "LOCALE_DEFAULT", "LOG_FILE", "PASSWORDLESS_SUDO", "PI_GEN"],
  ...["PI_GEN_RELEASE", "PI_GEN_REPO", "PREV_ROOTFS_DIR", "PREV_STAGE", "PREV_STAGE_DIR"],
  ...["PUBKEY_ONLY_SSH", "QUILT_NO_DIFF_INDEX", "QUILT_NO_DIFF_TIMESTAMPS", "QUILT_REFRESH_ARGS"],
  ...["RELEASE", "ROOTFS_DIR", "SCRIPT_DIR", "STAGE", "STAGE_DIR", "STAGE_LIST", "STAGE_WORK_DIR"],
  ...["TARGET_HOSTNAME", "TIMEZONE_DEFAULT", "USE_QEMU", "WORK_DIR"],
];

describe("what a script finds when it starts", () => {
  let contract: Contract;
  let run: TaskRun;
  let host: Record<string, string>;

  /** From bash's `export -p`. */
  const variables = async (file: string) =>
    Object.fromEntries(
      (await contract.seen("see/00-env", file)).map((line) => {
        const [, name = line, value = ""] = /^declare -x (\w+)(?:="(.*)")?$/.exec(line) ?? [];
        return [name, value] as const;
      }),
    );

  beforeAll(async () => {
    contract = await createContract(
      {
        see: {
          "00-env/00-run.sh": `#!/bin/bash -e
export -p >"\${ROOTFS_DIR}/env-host"
pwd >"\${ROOTFS_DIR}/seen"
type -t log bootstrap copy_previous unmount unmount_image on_chroot update_issue \\
	ensure_next_loopdev ensure_loopdev_partitions >>"\${ROOTFS_DIR}/seen"
read -r && exit 1
on_chroot <<<'export -p >/env-chroot'
`,
        },
      },
      "settings: { TARGET_HOSTNAME: tick }\nenv: { MY_OWN: a b }",
    );
    run = await contract.build(undefined, {
      LEAK: "1",
      BASH_ENV: "/nonexistent",
      ROOTFS_DIR: "/",
      HOME: "/home/caller",
      TERM: "xterm-caller",
      LC_ALL: "C",
      FIRST_USER_NAME: "fritz",
    });
    host = await variables("rootfs/env-host");
  });
  afterAll(() => contract[Symbol.asyncDispose]());

  onSteps("pi-gen's variables, pibuild's, the image's own, and not one of the caller's", () => {
    expect(run.stderr).toBe("");
    const names = Object.keys(host).filter((name) => !byBash.includes(name));
    expect(names.sort()).toEqual([...byPigen, ...byPibuild, "MY_OWN"].sort());
  });

  onSteps("their values: paths are the same in every run and have no space", () => {
    expect(host).toMatchObject({
      BASE_DIR: "/run/pibuild/base",
      STAGE: "see",
      STAGE_DIR: "/run/pibuild/base/stages/see",
      STAGE_WORK_DIR: "/run/pibuild/work/see",
      ROOTFS_DIR: "/run/pibuild/work/see/rootfs",
      STAGE_LIST: "/run/pibuild/base/stages/base /run/pibuild/base/stages/see",
      EXPORT_CONFIG_DIR: "/run/pibuild/base/stages/export",
      PIBUILD_APT_ARCHIVES: "/run/pibuild/archives",
      TARGET_HOSTNAME: "tick",
      FIRST_USER_NAME: "fritz",
      MY_OWN: "a b",
      HOME: "/root",
      TERM: "dumb",
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      QUILT_REFRESH_ARGS: "-p ab",
    });
  });

  onSteps("the same inside the chroot", async () => {
    const inside = await variables("rootfs/env-chroot");
    for (const name of byBash) {
      delete inside[name];
      delete host[name];
    }
    expect(inside).toEqual(host);
  });

  onSteps("its own directory, pi-gen's functions, and nothing on standard input", async () => {
    expect(await contract.seen("see/00-env")).toEqual([
      "/run/pibuild/base/stages/see/00-env",
      ...Array.from({ length: 9 }, () => "function"),
    ]);
  });
});
