import { errorCodes, exitCodes } from "@pibuild/core";
import {
  excludedCodes,
  freePaths,
  hostCommands,
  hostVariables,
  leastSeverity,
  type RuleCode,
  rules,
  systemCommands,
} from "@pibuild/stage-lint";
import { page, section } from "./page.ts";

const exitCode = exitCodes[errorCodes.LINT_FAILED.kind];

const intro = [
  `\`pibuild lint [image or stage directory...]\` reads stages and runs nothing of them. Without a name it takes every image of the workspace. It prints \`path:line:column: severity: message (code)\`, or one JSON document with \`--json\`, and exits with 0, or with ${exitCode} where there are errors. Warnings alone exit with 0. What is found several times in a file is one line, which names the others; the document has each.`,
  "A comment `# pibuild: allow CODE reason` silences what one code finds on its own line, or, where the line holds nothing else, on the next line that is no comment. Where a finding has no line, the comment may stand anywhere in the file; where it is about a directory, in the stage's `prerun.sh`. The reason is not optional.",
  "Stages given by directory are one list in the order given, as pi-gen's STAGE_LIST; those called `export...` are no part of the order. Rules about pi-gen's own images and names (NO_EXPORT_IMAGE, STAGE_NAME_SPLITS) hold for such a list, and for an image with stages of pi-gen itself (`pi-gen/stage0`), which count for the order and are not judged. They do not for an image of other stages: `pibuild build` takes the order from `stages:`, and makes one image of all of them with `export:`. SORTS_BEFORE_STAGE0 holds for directories alone, as an image's order is written down. One directory alone tells nothing of what follows it, and may be without EXPORT_IMAGE. Sub-stages with SKIP are passed over.",
].join("\n\n");

/** The reference page of \`pibuild lint\`. */
export const lintPage = [
  page(
    "Lint",
    intro,
    ["Code", "Severity", "Finds", "Why", "What to do"],
    (Object.keys(rules) as RuleCode[]).map((code) => {
      const { severity, finds, why, todo } = rules[code];
      return code === "SHELLCHECK"
        ? ["`SC...`", "shellcheck's", finds, why, "fix it, or `# shellcheck disable=` it"]
        : [`\`${code}\``, severity, finds, why, todo];
    }),
  ),
  section(
    "shellcheck",
    `It reads \`prerun.sh\`, \`NN-run.sh\` (by their \`#!\`, where that is a shell) and \`NN-run-chroot.sh\` (as bash), from severity ${leastSeverity} on. A \`.shellcheckrc\` counts. Where it is not installed, all other rules hold. These codes are left out:`,
    ["Code", "Where", "Why"],
    excludedCodes.map(({ number, where, why }) => [
      `\`SC${number}\``,
      where === "everywhere" ? where : "`NN-run-chroot.sh`",
      why,
    ]),
  ),
  section(
    "Commands that change the host",
    "HOST_TOUCHED looks for these in `prerun.sh` and `NN-run.sh`, and for `>`, `>>` and their like, outside of here-documents. A path counts if it begins with a literal `/`, or with a variable that the script gives such a path once and nothing else; not if it begins with any other variable. Functions of the script's own are not taken for commands, and what `sudo`, `env`, `timeout` and the like start is.",
    ["Commands", "Found, because"],
    hostCommands.map(({ names, why }) => [names.map((name) => `\`${name}\``).join(" "), why]),
  ),
  section(
    "Directories of the host",
    "HOST_PATH_IN_CHROOT looks for these variables in what runs in the image, unless the script gives the name a value of its own.",
    ["Variable"],
    hostVariables.map((name) => [`\`${name}\``]),
  ),
  section(
    "Commands that ask for the system",
    "ASKED_ON_HOST looks for these, and for any command with a path of the host, in the substitutions of a here-document for `on_chroot` that the host expands.",
    ["Command"],
    systemCommands.map((name) => [`\`${name}\``]),
  ),
  section(
    "Paths that anyone may write to",
    "HOST_TOUCHED does not mind these and what lies below.",
    ["Path", "Why"],
    freePaths.map(({ path, why }) => [`\`${path}\``, why]),
  ),
].join("");
