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
  "These are the environment variables that pibuild reads. A variable overrides `image.yaml`. An empty variable counts as not set, except PI_GEN_STAGES. Stages get nothing else from the environment, and a step gets only the settings that its files name. Relative paths start at the workspace.",
  "`pibuild plan` and `pibuild build` warn about unused settings, which no script of the image's stages reads (nor a function of pi-gen that a script calls), and about misspelt variables, which are one letter away from one of these.",
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
    `These [settings](settings.md) may come from a variable of the same name. A secret may also come from a file that \`<name>_FILE\` names: ${secrets.map((name) => code(`${name}_FILE`)).join(", ")}. Logs and events show \`***\` in place of a secret, also where a shell, JSON or an address quotes it. They do show what a script makes of a secret, such as its base64.`,
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
      "The fingerprint of a step that gets a password does not hold the password, but a hash of it under a key (HMAC with SHA-256). The first build makes a key for each user: `secret.key` in the cache directory, which nobody else can read. So on a second machine the same password looks like a changed one (`changed: settings/FIRST_USER_PASS`), and all that follows runs again.",
      "Machines that share layers need the same key. `openssl rand -hex 32` prints a new one. Keep it where you keep passwords, such as in the secrets of your CI, and give it to pibuild in one of these variables. With another key, every step that gets a password runs once more.",
      "The key protects against guessing. Somebody who has the records of layers and the key can try passwords against them; without the key they cannot. The key opens nothing else, and is in no record, event or log. It does not protect the layers: they hold what the steps made of the password, such as its hash in `/etc/shadow`.",
    ].join("\n\n"),
    ["Variable", "Value"],
    [
      ["`PIBUILD_SECRET_KEY`", "The key itself: 64 hexadecimal digits."],
      [
        "`PIBUILD_SECRET_KEY_FILE`",
        "The path of a file that holds only the key, in place of `PIBUILD_SECRET_KEY`.",
      ],
    ],
  ),
  section(
    "pi-gen's branches",
    "pi-gen has no setting for the architecture; it has a branch for each instead. [The pin](pin.md) decides what is built: its tag belongs to one of these branches.",
    ["Release", "Architecture", "Branch"],
    branches.map(({ name, release, arch }) => [release, arch, code(name)]),
  ),
  section(
    "Names that nothing reads",
    "Other builders around pi-gen set these variables, but no branch of pi-gen reads them. pibuild warns if one is set.",
    ["Variable", "What to do"],
    Object.entries(retiredNames).map(([name, todo]) => [code(name), todo]),
  ),
].join("");
