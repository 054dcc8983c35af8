/** Inputs of usimd/pi-gen-action by the variable of pi-gen's `config` that the action writes for each. */
export const actionInputs: Readonly<Record<string, string>> = {
  "image-name": "IMG_NAME",
  release: "RELEASE",
  compression: "DEPLOY_COMPRESSION",
  "compression-level": "COMPRESSION_LEVEL",
  locale: "LOCALE_DEFAULT",
  hostname: "TARGET_HOSTNAME",
  "keyboard-keymap": "KEYBOARD_KEYMAP",
  "keyboard-layout": "KEYBOARD_LAYOUT",
  timezone: "TIMEZONE_DEFAULT",
  username: "FIRST_USER_NAME",
  password: "FIRST_USER_PASS",
  "disable-first-boot-user-rename": "DISABLE_FIRST_BOOT_USER_RENAME",
  "passwordless-sudo": "PASSWORDLESS_SUDO",
  "wpa-essid": "WPA_ESSID",
  "wpa-password": "WPA_PASSWORD",
  "wpa-country": "WPA_COUNTRY",
  "enable-ssh": "ENABLE_SSH",
  "pubkey-ssh-first-user": "PUBKEY_SSH_FIRST_USER",
  "pubkey-only-ssh": "PUBKEY_ONLY_SSH",
  "enable-cloud-init": "ENABLE_CLOUD_INIT",
  setfcap: "SETFCAP",
  "pi-gen-release": "PI_GEN_RELEASE",
  "apt-proxy": "APT_PROXY",
  "temp-repo": "TEMP_REPO",
  "stage-list": "STAGE_LIST",
};

/** Defaults of the action that are not pi-gen's own. */
export const actionDefaults: Readonly<Record<string, string>> = {
  STAGE_LIST: "stage0 stage1 stage2",
  RELEASE: "trixie",
};

/** Inputs about the action's own work, with what takes their place. */
export const actionWork: Readonly<Record<string, string>> = {
  "pi-gen-repository": "`pi-gen-pin.env` names pi-gen's repository: PI_GEN_REPO",
  "pi-gen-dir": "`pibuild sync` brings pi-gen to `.pibuild/pi-gen`",
  "enable-noobs": "pibuild makes no image for NOOBS",
  "docker-opts": "pibuild chooses the options of its containers itself",
  "use-qcow2": "pi-gen dropped it in 2024, and layers take its place",
  "extra-host-dependencies": "install these packages in the workflow, before `pibuild build`",
  "extra-host-modules": "load these modules in the workflow, before `pibuild build`",
  "increase-runner-disk-size": "free the runner's disk in the workflow, before `pibuild build`",
  "enable-pigen-cache": "pibuild's layers are the cache",
  "cache-read-only": "pibuild's layers are the cache",
  "verbose-output": "`--verbose` of `pibuild build IMAGE` prints every line",
  "github-token": "`pibuild sync` needs none",
  "internal-matrix-context": "it is the action's own",
};
