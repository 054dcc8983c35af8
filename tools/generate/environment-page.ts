import {
  branches,
  mirrorVariables,
  overrides,
  retiredNames,
  settingNames,
  settings,
} from "@pibuild/config";
import { page, section } from "./page.ts";

const intro = [
  "What pibuild takes from its own environment. A variable goes before `image.yaml`, and an empty one counts as not set, but for PI_GEN_STAGES. Nothing else of the environment reaches a stage, and of the settings a step gets those that its files name. Relative paths start at the workspace.",
  "`pibuild plan` and `pibuild build` warn of a setting that somebody set and that no script of the image's stages reads, nor a function of the pinned pi-gen that one of them calls; and of a variable that is one letter away from one of these.",
].join("\n\n");

const code = (name: string) => `\`${name}\``;
const fromEnvironment = settingNames.filter((name) => settings[name].environment === true);
const secrets = fromEnvironment.filter((name) => settings[name].secret === true);

/** The reference page of the environment. */
export const environmentPage = [
  page(
    "Environment",
    intro,
    ["Variable", "In place of", "Value", "What it does"],
    Object.entries(overrides).map(([name, row]) => [
      code(name),
      row.overrides,
      row.expected,
      row.description,
    ]),
  ),
  section(
    "Settings",
    `These [settings](settings.md) may come from a variable of the same name. A secret may also come from a file, which \`<name>_FILE\` names: ${secrets.map((name) => code(`${name}_FILE`)).join(", ")}. Logs and events have \`***\` in place of a secret, also where a shell, JSON or an address quotes it; what a script makes of one, such as base64, they show.`,
    ["Variable", "What it does"],
    fromEnvironment.map((name) => [code(name), settings[name].description]),
  ),
  section(
    "Mirrors",
    "How packages are fetched while an image is built. None of it is in the image, and none of it makes a step run again.",
    ["Variable", "Value", "What it does"],
    Object.entries(mirrorVariables).map(([name, row]) => [
      code(name),
      row.expected,
      row.description,
    ]),
  ),
  section(
    "The key of passwords",
    [
      "A password is in the fingerprint of a step that gets it, not as it is but hashed under a key (HMAC with SHA-256). By itself each user has a key of their own, made at the first build: `secret.key` in the cache directory, which nobody else can read. So a second machine takes the same password for another: `changed: settings/FIRST_USER_PASS`, and all that follows runs again.",
      "Machines that share a store, or whose records are compared, have to have the same key: `openssl rand -hex 32` prints one. Keep it where passwords are kept, such as the secrets of the CI, and give it to pibuild in one of these variables. With another key every step that gets a password runs once more.",
      "The key keeps passwords from being guessed: who has records of layers and the key can try one password after the other against them, and without the key cannot. It opens nothing else. The layers hold what the steps made of the password, such as its hash in `/etc/shadow`, whatever the key is. It stands in no record, event or log.",
    ].join("\n\n"),
    ["Variable", "Value"],
    [
      ["`PIBUILD_SECRET_KEY`", "The key itself: 64 hexadecimal digits."],
      [
        "`PIBUILD_SECRET_KEY_FILE`",
        "The path of a file with nothing but the key; in place of `PIBUILD_SECRET_KEY`.",
      ],
    ],
  ),
  section(
    "pi-gen's branches",
    "pi-gen has no setting for the architecture: each has its branches. What is built is the commit in [the pin](pin.md), whose tag belongs to one of them.",
    ["Release", "Architecture", "Branch"],
    branches.map(({ name, release, arch }) => [release, arch, code(name)]),
  ),
  section(
    "Names that nothing reads",
    "Builders around pi-gen set these; none of its branches reads them. pibuild says so where one is set.",
    ["Variable", "What to do"],
    Object.entries(retiredNames).map(([name, todo]) => [code(name), todo]),
  ),
].join("");
