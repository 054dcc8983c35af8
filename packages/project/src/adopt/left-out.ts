import { mirrorVariables, retiredNames } from "@pibuild/config";

const network =
  "no branch of pi-gen reads it: Raspberry Pi Imager, user-data of cloud-init or a stage of yours sets the network up";
const container =
  "`--venue container` runs a build in Docker or Podman, and removes its containers";
const names =
  "the files are called after the image; IMG_NAME in the environment calls them otherwise";

const mirrors =
  "no branch of pi-gen reads it: set it in the environment, or write `mirrors:` in image.yaml";

/** Variables of `config` that an image.yaml has no place for, with what takes their place. */
export const leftOut: Readonly<Record<string, string>> = {
  ...retiredNames,
  ...Object.fromEntries(Object.keys(mirrorVariables).map((name) => [name, mirrors])),
  WORK_DIR: "layers lie in `~/.cache/pibuild`; PIBUILD_CACHE names another place",
  LOG_FILE: "each step's log is in `.pibuild/logs`",
  CLEAN: "what changed is built anew by itself, and nothing else",
  CONTINUE: "a build always resumes at the step that failed",
  ...{ PRESERVE_CONTAINER: container, CONTAINER_NAME: container, PIGEN_DOCKER_OPTS: container },
  ...{ DOCKER: container, DOCKER_OPTS: container },
  ...{ IMG_FILENAME: names, ARCHIVE_FILENAME: names },
  IMG_SUFFIX: "the image's own name takes its place",
  GIT_HASH: "it is the commit that is built",
  EXPORT_CONFIG_DIR:
    "pi-gen's own export finishes the image; `export:` names stages of yours that do",
  ...{ WPA_ESSID: network, WPA_PASSWORD: network },
  HOSTNAME: "pi-gen does not read it; TARGET_HOSTNAME is the Pi's name",
  FIRST_USER_PASSWORD: "pi-gen does not read it; FIRST_USER_PASS is the password",
  FIRST_USER_PASSWD: "pi-gen does not read it; FIRST_USER_PASS is the password",
  ENABLE_NOOBS: "pibuild makes no image for NOOBS",
  SKIP_IMAGES: "pi-gen looks for a file of that name in a stage, and not for a variable",
  DEBIAN_FRONTEND: "every step has it",
};
