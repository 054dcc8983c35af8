/**
 * Names that builders around pi-gen set and that nothing reads, on none of pi-gen's branches, with
 * what to do instead.
 */
export const retiredNames: Readonly<Record<string, string>> = {
  USE_QCOW2: "remove it, because pi-gen dropped it in 2024, and layers take its place",
  SECURITY_MIRROR: "set APT_SECURITY_MIRROR",
  APT_COMPONENTS: "set the components in the stage that bootstraps",
  DEBOOTSTRAP_MIRROR: "set APT_MIRROR",
  DEBOOTSTRAP_ARGS: "set the arguments in the prerun.sh of the stage that bootstraps",
  COMPRESSION: "set `compression:` in image.yaml",
};
