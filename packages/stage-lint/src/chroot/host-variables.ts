/** pi-gen's variables that name a directory of the machine that builds. Docs list them. */
export const hostVariables: readonly string[] = [
  ...["ROOTFS_DIR", "PREV_ROOTFS_DIR", "EXPORT_ROOTFS_DIR"],
  ...["STAGE_DIR", "STAGE_WORK_DIR", "PREV_STAGE_DIR", "SUB_STAGE_DIR", "EXPORT_DIR"],
  ...["BASE_DIR", "SCRIPT_DIR", "WORK_DIR", "DEPLOY_DIR"],
];
