import { checkMetaData } from "./cloud-init/check-meta-data.ts";
import { checkNetworkConfig } from "./cloud-init/check-network-config.ts";
import { checkUserData } from "./cloud-init/check-user-data.ts";
import type { SettingRow } from "./setting-row.ts";

const uri = {
  pattern: /^https?:\/\/[^\s"'`$\\|]+$/,
  expected: "an http:// or https:// address",
};
const publicKeys = {
  // authorized_keys(5): one key a line, options may come first.
  pattern:
    /^(?:(?:[^\n]* )?(?:ssh-(?:ed25519|rsa|dss)|ecdsa-sha2-\S+|sk-\S+) [A-Za-z0-9+/=]+[^\n]*(?:\n+|$))+$/,
  expected: "SSH public keys, one per line",
};

const table = {
  IMG_NAME: {
    description: "Name of the image's files.",
    kind: "string",
    default: "",
    derivedFrom: "name",
    validate: {
      pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
      expected: "a file name of letters, digits, `.`, `_` and `-`",
    },
    environment: true,
  },
  RELEASE: {
    description: "Debian release that the image is made of.",
    kind: "string",
    default: "bookworm",
    derivedFrom: "release",
  },
  ARCH: {
    description: "Architecture of the image, in Debian's words.",
    kind: "string",
    default: "arm64",
    derivedFrom: "arch",
  },
  ARM64: {
    description: "1 if the image is for arm64. pi-gen's own stages read neither this nor ARMHF.",
    kind: "flag",
    default: "1",
    derivedFrom: "arch",
  },
  ARMHF: {
    description: "1 if the image is for armhf.",
    kind: "flag",
    default: "0",
    derivedFrom: "arch",
  },
  IMG_DATE: {
    description: "Date of the image (YYYY-MM-DD, UTC), as /etc/rpi-issue shows it.",
    kind: "string",
    default: "",
    derivedFrom: "source_date_epoch",
  },
  IMG_FILENAME: {
    description: "File name of pi-gen's own image without its ending: date and name.",
    kind: "string",
    default: "",
    derivedFrom: "name",
  },
  ARCHIVE_FILENAME: {
    description: "File name of pi-gen's own archive without its ending.",
    kind: "string",
    default: "",
    derivedFrom: "name",
  },
  IMG_SUFFIX: {
    description: "Text after the image's file name. pi-gen's EXPORT_IMAGE files set it, too.",
    kind: "string",
    default: "",
    validate: { pattern: /^[A-Za-z0-9._-]+$/, expected: "letters, digits, `.`, `_` and `-`" },
  },
  TARGET_HOSTNAME: {
    description: "Host name of the Pi.",
    kind: "string",
    default: "raspberrypi",
    validate: {
      pattern: /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/,
      expected: "a host name of at most 63 letters, digits and inner `-`",
    },
    environment: true,
  },
  FIRST_USER_NAME: {
    description: "Name of the first user.",
    kind: "string",
    default: "pi",
    validate: {
      pattern: /^[a-z][-a-z0-9_]{0,31}$/,
      expected: "a user name: a lower-case letter, then at most 31 of a-z, 0-9, `_` and `-`",
    },
    environment: true,
  },
  FIRST_USER_PASS: {
    description: "Password of the first user. Without one, nobody can log in with a password.",
    kind: "string",
    default: "",
    secret: true,
    environment: true,
  },
  DISABLE_FIRST_BOOT_USER_RENAME: {
    description: "Do not ask for a user name at the first boot. Needs FIRST_USER_PASS.",
    kind: "flag",
    default: "0",
  },
  PASSWORDLESS_SUDO: {
    description: "Let the first user run sudo without a password.",
    kind: "flag",
    default: "0",
  },
  WPA_COUNTRY: {
    description: "Country of the Wi-Fi regulations. Without one, Wi-Fi stays blocked.",
    kind: "string",
    default: "",
    validate: { pattern: /^[A-Z]{2}$/, expected: "a country's two capital letters, such as GB" },
    environment: true,
  },
  ENABLE_SSH: {
    description: "Start the SSH server at boot.",
    kind: "flag",
    default: "0",
    environment: true,
  },
  PUBKEY_SSH_FIRST_USER: {
    description: "SSH public keys that may log in as the first user, one per line.",
    kind: "string",
    default: "",
    validate: publicKeys,
    environment: true,
  },
  PUBKEY_ONLY_SSH: {
    description: "Refuse passwords over SSH. Needs PUBKEY_SSH_FIRST_USER.",
    kind: "flag",
    default: "0",
    environment: true,
  },
  LOCALE_DEFAULT: {
    description: "Language and formats of the system.",
    kind: "string",
    default: "en_GB.UTF-8",
    validate: {
      pattern: /^[A-Za-z]{1,8}(?:_[A-Z]{2})?(?:\.[A-Za-z0-9-]+)?(?:@[a-z]+)?$/,
      expected: "a locale such as en_GB.UTF-8",
    },
    environment: true,
  },
  KEYBOARD_KEYMAP: {
    description: "Keyboard layout, by its short name.",
    kind: "string",
    default: "gb",
    validate: { pattern: /^[a-z][a-z0-9_,-]*$/, expected: "a keyboard layout such as gb" },
    environment: true,
  },
  KEYBOARD_LAYOUT: {
    description: "Keyboard layout, as the installer's menu shows it.",
    kind: "string",
    default: "English (UK)",
    validate: { pattern: /^[^\r\n\0"'`$\\]+$/, expected: "a layout's name such as English (UK)" },
    environment: true,
  },
  TIMEZONE_DEFAULT: {
    description: "Time zone of the system.",
    kind: "string",
    default: "Europe/London",
    validate: {
      pattern: /^[A-Za-z0-9_+-]+(?:\/[A-Za-z0-9_+-]+)*$/,
      expected: "a time zone such as Europe/London",
    },
    environment: true,
  },
  ENABLE_CLOUD_INIT: {
    description:
      "Install cloud-init (pi-gen's trixie stages, debian-lite, cloud-init, cloud-init-seed).",
    kind: "flag",
    default: "1",
  },
  CLOUD_INIT_USER_DATA: {
    description:
      "cloud-init's user-data: what it does at the first boot. Default: the stage's own.",
    kind: "file",
    default: "",
    check: checkUserData,
    environment: true,
  },
  CLOUD_INIT_META_DATA: {
    description: "cloud-init's meta-data: the identity of the instance. Default: the stage's own.",
    kind: "file",
    default: "",
    check: checkMetaData,
    environment: true,
  },
  CLOUD_INIT_NETWORK_CONFIG: {
    description:
      "cloud-init's network-config: the network that it sets up. Default: the stage's own.",
    kind: "file",
    default: "",
    check: checkNetworkConfig,
    environment: true,
  },
  TUNNEL_TOKEN: {
    description:
      "Token of a Cloudflare tunnel, by the name that cloudflared uses (stages/cloud-init-seed).",
    kind: "string",
    default: "",
    validate: {
      pattern: /^[A-Za-z0-9+/=_-]+$/,
      expected: "a token as `cloudflared tunnel token` prints it",
    },
    secret: true,
    readableAt: "/etc/cloudflared/tunnel.env",
    environment: true,
  },
  APT_PROXY: {
    description: "Proxy that apt uses while the image is built.",
    kind: "string",
    default: "",
    validate: uri,
    environment: true,
    address: true,
  },
  APT_MIRROR: {
    description:
      "Debian mirror for the build (pibuild's own setting). Default: the mirror in this machine's apt sources, if Debian's keys have signed it.",
    kind: "string",
    default: "",
    validate: uri,
    environment: true,
    address: true,
  },
  APT_SECURITY_MIRROR: {
    description:
      "Mirror of Debian's security archive (pibuild's own setting). Default: this machine's.",
    kind: "string",
    default: "",
    validate: uri,
    environment: true,
    address: true,
  },
  TEMP_REPO: {
    description: "A line of apt sources for the build only; RELEASE in it becomes the release.",
    kind: "string",
    default: "",
    address: true,
  },
  SETFCAP: {
    description: "Let chrooted programs set file capabilities.",
    kind: "flag",
    default: "0",
  },
  USE_QEMU: {
    description: "Make pi-gen's stages adapt the image to QEMU instead of a Pi.",
    kind: "flag",
    default: "0",
  },
  PI_GEN: {
    description: "Name of the builder in /etc/rpi-issue.",
    kind: "string",
    default: "pi-gen",
  },
  PI_GEN_REPO: {
    description: "Address of the builder in /etc/rpi-issue.",
    kind: "string",
    default: "https://github.com/RPi-Distro/pi-gen",
    validate: uri,
    address: true,
  },
  PI_GEN_RELEASE: {
    description: "Name of the system in /etc/rpi-issue.",
    kind: "string",
    default: "Raspberry Pi reference",
  },
  DEPLOY_COMPRESSION: {
    description: "How pi-gen's own export packs the image.",
    kind: "enum",
    default: "none",
    values: ["none", "zip", "gz", "xz"],
    upstreamOnly: true,
  },
  COMPRESSION_LEVEL: {
    description: "Level of DEPLOY_COMPRESSION.",
    kind: "enum",
    default: "6",
    values: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    upstreamOnly: true,
  },
} as const satisfies Record<string, SettingRow>;

/** pi-gen's own names, and pibuild's few. */
export type SettingName = keyof typeof table;

/** Every setting that a stage script may read. Schema, completion and docs derive from it. */
export const settings: Readonly<Record<SettingName, SettingRow>> = table;

export const settingNames = Object.keys(table) as SettingName[];

export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(table, name);
}

/** The settings that name a file, and whose value is its text. */
export const fileNames = settingNames.filter((name) => settings[name].kind === "file");

/** The settings whose values must never reach a log. */
export const secretNames = settingNames.filter((name) => settings[name].secret === true);

/** The key of `settings:`, and the variable, that names a file in which a secret stands. */
export function secretFileKey(name: SettingName): string {
  return `${name}_FILE`;
}
