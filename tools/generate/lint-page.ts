import { errorCodes, exitCodes } from "@pibuild/core";
import {
  excludedCodes,
  fetchCommands,
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
  `\`pibuild lint [image or stage directory...]\` reads stages, and runs nothing of them. Without a name it reads the stages of every image. It prints \`path:line:column: severity: message (code)\`, or one JSON document with \`--json\`. It exits with ${exitCode} if there are errors; warnings alone exit with 0. A finding that a file has several times is one line, which names the other lines; the JSON document has each.`,
  "A comment `# pibuild: allow CODE reason` silences a finding. It stands on the finding's line, or in a line of its own above it. If a finding has no line, the comment may stand anywhere in the file; if the finding is about a directory, in the stage's `prerun.sh`. The reason is not optional.",
  "Stage directories on the command line are one list in that order, like pi-gen's STAGE_LIST; directories called `export...` do not count for the order. The rules about pi-gen's own images and names (NO_EXPORT_IMAGE, STAGE_NAME_SPLITS) apply to such a list, and to images with stages of pi-gen itself; pi-gen's own stages are not judged. They do not apply to other images: `pibuild build` takes the order from `stages:`, and makes one image of all of them. SORTS_BEFORE_STAGE0 applies only to directories, because an image says the order. A single directory may be without EXPORT_IMAGE. Sub-stages with SKIP are not read.",
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
    `shellcheck reads \`prerun.sh\` and \`NN-run.sh\` (if their \`#!\` names a shell), and \`NN-run-chroot.sh\` (as bash). Findings of severity ${leastSeverity} and above count, and so does a \`.shellcheckrc\`. If it is not installed, all other rules still apply. These codes are left out:`,
    ["Code", "Where", "Why"],
    excludedCodes.map(({ number, where, why }) => [
      `\`SC${number}\``,
      where === "everywhere" ? where : "`NN-run-chroot.sh`",
      why,
    ]),
  ),
  section(
    "Commands that change the host",
    "HOST_TOUCHED looks for these commands in `prerun.sh` and `NN-run.sh`, and for `>`, `>>` and the like, outside of here-documents. A path counts if it begins with a literal `/`, or with a variable that the script sets to such a path once and to nothing else; it does not count if it begins with another variable. A command that `sudo`, `env` or `timeout` starts counts; a function of the script does not.",
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
    "Commands that fetch",
    "FETCHES_BESIDES looks for these in `prerun.sh`, `NN-run.sh` and `NN-run-chroot.sh`, and in what `on_chroot`, `chroot`, `su`, `bash` and their like are given: a here-document, or the word after `-c`. Addresses of the machine itself and of files do not count. What another program fetches by itself is not found.",
    ["Commands", "Found, because"],
    fetchCommands.map(({ names, why }) => [names.map((name) => `\`${name}\``).join(" "), why]),
  ),
  section(
    "Paths that anyone may write to",
    "HOST_TOUCHED allows these paths, and everything below them.",
    ["Path", "Why"],
    freePaths.map(({ path, why }) => [`\`${path}\``, why]),
  ),
].join("");
