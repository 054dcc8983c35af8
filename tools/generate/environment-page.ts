import { branches, overrides, retiredNames, settingNames, settings } from "@pibuild/config";
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
