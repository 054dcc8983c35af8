/** Variables that a stage script gets from the runner, by the one who decides their value. */
const byRunner = [
  "STAGE",
  "STAGE_DIR",
  "STAGE_WORK_DIR",
  "PREV_STAGE",
  "PREV_STAGE_DIR",
  "ROOTFS_DIR",
  "PREV_ROOTFS_DIR",
  "SUB_STAGE_DIR",
  "STAGE_LIST",
  "BASE_DIR",
  "SCRIPT_DIR",
  "WORK_DIR",
  "DEPLOY_DIR",
  "LOG_FILE",
  "EXPORT_DIR",
  "EXPORT_DIRS",
  "EXPORT_CONFIG_DIR",
  "EXPORT_ROOTFS_DIR",
  "NOOBS_NAME",
  "NOOBS_DESCRIPTION",
  "GIT_HASH",
  "GIT_DESCRIBE",
  "CLEAN",
  "CAPSH_ARG",
  "QUILT_PATCHES",
  "QUILT_NO_DIFF_INDEX",
  "QUILT_NO_DIFF_TIMESTAMPS",
  "QUILT_REFRESH_ARGS",
];

/** Variables that say where the image's disk has what. */
const byDisk = [
  ...["BOOT_PARTUUID", "ROOT_PARTUUID", "COMMON_DEVICE", "SHARED_DEVICE"],
  ...["DISK_LAYOUT", "DISK_TABLE", "DISK_BOARD", "DISK_LAYOUT_DIGEST"],
];

/** Variables that say what the image's field update is. */
const byPayload = ["PAYLOAD_COMPATIBLE", "PAYLOAD_VERSION", "PAYLOAD_SECURITY_EPOCH"];

/** Variables that would change how programs run, and so what a layer holds, behind our back. */
const bySystem = [
  "BASH_ENV",
  "ENV",
  "HOME",
  "IFS",
  "LANG",
  "LC_ALL",
  "LD_LIBRARY_PATH",
  "LD_PRELOAD",
  "PATH",
  "PWD",
  "SHELL",
  "SOURCE_DATE_EPOCH",
  "TERM",
  "TZ",
];

const reserved = new Set([...byRunner, ...byDisk, ...byPayload, ...bySystem]);

/** Whether pibuild sets this variable itself, so that `settings:` and `env:` cannot. */
export function isReservedName(name: string): boolean {
  return reserved.has(name) || /^(?:PIBUILD|INPUT)_/.test(name);
}
