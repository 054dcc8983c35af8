import { exitCodes } from "@pibuild/core";
import { checks } from "../../apps/cli/src/doctor/checks.ts";
import { page } from "./page.ts";

const intro = [
  `\`pibuild doctor [image]\` checks whether this machine has what a build needs: for one image, or for all of the workspace. It prints a line for each check, and below it how to repair what is wrong. It exits with ${exitCodes.environment} if a check fails, otherwise with 0: warnings do not stop a build. \`--json\` prints one document, in which the names of checks are stable. \`--quiet\` shows only failures.`,
  "`--fix` repairs what is marked *`--fix`* below: it prints what it runs, asks no questions (sudo may want a password), and then checks again. `--only clock,mirrors` makes only these checks. `--runner upstream` also checks what pi-gen's own `build.sh` needs.",
  "Checks marked *Linux* are about steps that run on the machine itself. macOS and Windows skip them, because steps run in the virtual machine of Docker or Podman there.",
].join("\n\n");

/** The reference page of \`pibuild doctor\`. */
export const doctorPage = page(
  "Doctor",
  intro,
  ["Check", "What it checks", "Warning", "Failure", "How to repair it"],
  checks.map(({ name, on, asks, warns, fails, mended, mends }) => [
    on === "linux" ? `\`${name}\` *(Linux)*` : `\`${name}\``,
    asks,
    warns || "never",
    fails || "never",
    mends ? `*\`--fix\`*: ${mended}` : mended,
  ]),
);
