import { exitCodes } from "@pibuild/core";
import { checks } from "../../apps/cli/src/doctor/checks.ts";
import { page } from "./page.ts";

const intro = [
  `\`pibuild doctor [image]\` asks the machine what a build will ask of it: for one image, or for all of the workspace. It prints a line for each check, and below it what mends what is wrong. It exits with ${exitCodes.environment} where a check fails, else with 0: warnings do not stop a build. \`--json\` gives one document, in which the names of checks are stable; \`--quiet\` shows failures only.`,
  "`--fix` mends what is marked *`--fix`* below: it says what it runs and asks nothing (sudo may want a password), then asks the check again. `--only clock,mirrors` makes no other checks. `--runner upstream` asks what pi-gen's own `build.sh` needs besides.",
  "Checks marked *Linux* are about running steps on the machine itself. On macOS and Windows they are left out, because there steps need Docker's or Podman's virtual machine.",
].join("\n\n");

/** The reference page of \`pibuild doctor\`. */
export const doctorPage = page(
  "Doctor",
  intro,
  ["Check", "Asks", "Warns", "Fails", "What mends it"],
  checks.map(({ name, on, asks, warns, fails, mended, mends }) => [
    on === "linux" ? `\`${name}\` *(Linux)*` : `\`${name}\``,
    asks,
    warns || "never",
    fails || "never",
    mends ? `*\`--fix\`*: ${mended}` : mended,
  ]),
);
