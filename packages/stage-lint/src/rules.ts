import type { RuleCode, RuleData, Severity } from "./finding.ts";

/** One rule: messages and the reference page come from its row. */
export interface Rule<C extends RuleCode = RuleCode> {
  readonly severity: Severity;
  /** What is wrong at one place. */
  readonly message: (data: RuleData[C]) => string;
  /** Which places the rule finds. */
  readonly finds: string;
  /** What comes of it where nothing is done. */
  readonly why: string;
  readonly todo: string;
}

const names =
  "`NN-debconf`, `NN-packages-nr`, `NN-packages`, `NN-patches/`, `NN-run.sh`, `NN-run-chroot.sh`";

/** Every rule of `pibuild lint`. */
export const rules: { readonly [C in RuleCode]: Rule<C> } = {
  NAME_NEVER_RUNS: {
    severity: "error",
    message: ({ problem }) => problem,
    finds: "a file of a sub-stage with a name such as `run.sh`, `01-run-foo.sh` or `0-packages`",
    why: "pi-gen passes over a name that is not exactly one of its own, without a word",
    todo: `name it as pi-gen does: ${names}`,
  },
  OUTSIDE_SUB_STAGE: {
    severity: "error",
    message: ({ problem }) => problem,
    finds: "a script or packages file in a stage's own directory",
    why: "of a stage's own files pi-gen runs `prerun.sh` alone",
    todo: "move it into a sub-stage, such as `00-name/00-run.sh`",
  },
  SCRIPT_NEVER_CALLED: {
    severity: "warning",
    message: ({ problem }) => problem,
    finds: "a `*.sh` beside a step's files that none of its scripts names",
    why: "nothing runs it",
    todo: "name it `NN-run.sh`, call it from one, or move it to `files/` if it is for the image",
  },
  NOT_EXECUTABLE: {
    severity: "error",
    message: ({ problem }) => problem,
    finds: "a `prerun.sh` or `NN-run.sh` without an executable bit",
    why: "pi-gen passes over it, and the build goes on",
    todo: "make it executable with `chmod +x` (`git update-index --chmod=+x` where the disk has no modes)",
  },
  HOST_TOUCHED: {
    severity: "error",
    message: ({ command, path }) =>
      path === undefined
        ? `\`${command}\` acts on the machine that builds`
        : `\`${command}\` changes \`${path}\` of the machine that builds`,
    finds:
      "a command or redirection of `prerun.sh` or `NN-run.sh` that changes the host: see the tables below",
    why: "these scripts run on the host as root, whatever the image is",
    todo: 'write below "$ROOTFS_DIR", or run it in the image with `on_chroot << EOF`',
  },
  HOST_PATH_IN_CHROOT: {
    severity: "error",
    message: ({ variable }) =>
      `\`${variable}\` is a directory of the machine that builds, and this runs in the image`,
    finds:
      "`$ROOTFS_DIR`, `$STAGE_DIR` and the like in an `NN-run-chroot.sh` or a here-document for `on_chroot`",
    why: "in the image `/` is the root: what is written below such a path is lost, and what is read from it is not there",
    todo: "write `/etc/x` for `$ROOTFS_DIR/etc/x`; bring files of the stage into the image in `NN-run.sh`",
  },
  HIDDEN_IN_CHROOT: {
    severity: "warning",
    message: ({ path }) => `\`${path}\` is not there for what runs in the image after it`,
    finds:
      "a file below `$ROOTFS_DIR/tmp` or `$ROOTFS_DIR/run` that `prerun.sh` or `NN-run.sh` makes before anything of its stage has run in the image",
    why: "`on_chroot` mounts memory over both directories, until the end of the stage: what lay there before is hidden, and stays in the image",
    todo: "put it elsewhere, such as below `$ROOTFS_DIR/root`, and remove it afterwards",
  },
  EXPANDED_ON_HOST: {
    severity: "error",
    message: ({ text }) => `\`${text}\` is expanded before the image gets this text`,
    finds:
      "a variable that a here-document for `on_chroot` assigns itself and then names without `\\`, or `$?`, where the delimiter is not quoted",
    why: "the shell on the host puts its own value there, which is most often none",
    todo: "quote the delimiter (`<< 'EOF'`), or write `\\$` for what the image is to expand",
  },
  ASKED_ON_HOST: {
    severity: "warning",
    message: ({ text }) => `\`${text}\` runs on the machine that builds, and tells of that one`,
    finds:
      "a substitution in a here-document for `on_chroot`, where the delimiter is not quoted, that asks for the system or reads one of its files: see the table below",
    why: "on a PC `$(dpkg --print-architecture)` is amd64, and the release may be another one",
    todo: "quote the delimiter (`<< 'EOF'`), or write `\\$(` for what is to run in the image",
  },
  READS_THE_SCRIPT: {
    severity: "warning",
    message: ({ command, how }) =>
      how === "shell"
        ? `\`${command}\` is a new shell, which reads the rest of this script`
        : `\`${command}\` may ask, and takes the rest of this script for the answer`,
    finds:
      "`su`, `newgrp`, `sudo -i` or `bash` without a command, and `apt-get install` and the like without `-y`, in what bash in the image reads",
    why: "it reads the script from its standard input, and so does every command in it: a new shell has no `-e`, and `apt-get` gives up at what is no `y`",
    todo: "give it its command (`su NAME -c '...'`), its answer (`-y`), or other input (`< /dev/null`)",
  },
  FETCHES_BESIDES: {
    severity: "warning",
    message: ({ command, host }) =>
      `\`${command}\` fetches${host === undefined ? "" : ` from \`${host}\``} what is no package of the image's archives`,
    finds:
      "a command of `prerun.sh`, `NN-run.sh` or `NN-run-chroot.sh` that fetches by itself: see the table below",
    why: "the next build may get something else, or nothing: `pibuild plan` calls the step unrepeatable, and with `network: packages` it fails",
    todo: "keep the file in the stage's `files/` or name it in `inputs:` of image.yaml, with its sha256; or allow it with the reason",
  },
  NO_SHEBANG: {
    severity: "error",
    message: () => "has no `#!` line",
    finds: "an executable `prerun.sh` or `NN-run.sh` whose first line is not `#!...`",
    why: "bash then runs it without `-e`, so that a command that fails stops nothing",
    todo: "begin it with `#!/bin/bash -e`",
  },
  ERRORS_PASS: {
    severity: "warning",
    message: () => "goes on after a command that fails",
    finds:
      "an executable `prerun.sh` or `NN-run.sh` with neither `-e` in its first line nor `set -e`",
    why: "pi-gen stops at a script that fails, and this one fails only if its last command does",
    todo: "begin it with `#!/bin/bash -e`",
  },
  DOUBLED_DOLLAR: {
    severity: "error",
    message: ({ text }) => `\`${text}\` is a process id and \`${text.slice(2)}\` as it stands`,
    finds: "`$$NAME`, such as `$$ROOTFS_DIR`",
    why: "two dollars make one in a Makefile; in a shell `$$` is the number of its process",
    todo: "write one `$`",
  },
  WINDOWS_LINE_ENDS: {
    severity: "error",
    message: () => "has Windows line ends",
    finds:
      "a carriage return before a line's end in any script, `NN-debconf`, one-line `NN-packages` or `series`",
    why: "the kernel looks for an interpreter, bash and debconf for a word, that ends in it",
    todo: "convert it with `sed -i 's/\\r$//'`, and keep it so with `*.sh text eol=lf` in .gitattributes",
  },
  PACKAGES_ONE_LINE: {
    severity: "warning",
    message: ({ comment }) => `the comment \`${comment}\` is not taken out of a file of one line`,
    finds: "a comment in an `NN-packages` or `NN-packages-nr` of one line",
    why: "pi-gen takes comments out from two lines on; this one reaches apt-get's command line, where it is one only after a space",
    todo: "give the comment a line of its own",
  },
  PATCHES_WITHOUT_SERIES: {
    severity: "error",
    message: () => "holds patches, and no `series`",
    finds: "a directory `NN-patches` without a file `series` (or `EDIT`, which makes them)",
    why: "quilt knows by it what to apply in which order, and fails without",
    todo: "list the patches in `series`, one a line",
  },
  PATCHES_NEVER_APPLIED: {
    severity: "error",
    message: ({ first }) => `is never applied: \`${first}\` came before it`,
    finds: "a second directory `NN-patches` in one sub-stage",
    why: "pi-gen keeps one record of quilt's for a sub-stage; at the second, quilt finds the first one's patches all applied, and pi-gen goes on",
    todo: "put all patches into the first one, or these into a sub-stage of their own",
  },
  NO_EXPORT_IMAGE: {
    severity: "warning",
    message: ({ exported }) =>
      exported === undefined
        ? "neither this stage nor one before it has `EXPORT_IMAGE`: pi-gen makes no image"
        : `is the last stage and has no \`EXPORT_IMAGE\`: the last image holds \`${exported}\` and no more`,
    finds: "the last stage of a list for pi-gen, without `EXPORT_IMAGE`",
    why: "pi-gen makes an image of each stage that has the file, and of no other",
    todo: "create `EXPORT_IMAGE` with a line such as `IMG_SUFFIX=-mine`",
  },
  SKIP_IMAGES_IDLE: {
    severity: "warning",
    message: () => "has nothing to skip: the stage has no `EXPORT_IMAGE`",
    finds: "`SKIP_IMAGES` in a stage without `EXPORT_IMAGE`",
    why: "such a stage makes no image anyway; `SKIP_IMAGES` does not skip the stage, either",
    todo: "remove it, or name it `SKIP` to leave out the stage",
  },
  SKIP_BREAKS_NEXT: {
    severity: "warning",
    message: ({ next }) => `leaves out the stage that \`${next}\` is built on`,
    finds: "`SKIP` in a stage whose tree the next one copies",
    why: 'pi-gen stops with "Previous stage rootfs not found", unless an earlier build left it; pibuild goes on with the tree of the stage before',
    todo: "take the stage out of the list instead, or skip what follows, too",
  },
  MARKER_MEANS_NOTHING: {
    severity: "error",
    message: ({ marker, problem }) => `${problem}, and only a file \`${marker}\` means anything`,
    finds:
      "`SKIP.txt`, `skip`, a directory `SKIP`, `EXPORT_IMAGES`, `EXPORT_IMAGE` in a sub-stage, and their like",
    why: "pi-gen asks for plain files `SKIP`, `SKIP_IMAGES`, `EXPORT_IMAGE` and `EXPORT_NOOBS` of a stage, and for `SKIP` of a sub-stage",
    todo: "give it the exact name, or remove it",
  },
  SORTS_BEFORE_STAGE0: {
    severity: "warning",
    message: ({ names }) => {
      const [first = "", ...more] = names;
      if (more.length === 0) return `\`${first}\` sorts before \`stage0\``;
      return `\`${first}\` and ${more.length} more stages sort before \`stage0\``;
    },
    finds:
      "stages named `stage...` beside pi-gen's `stage0` that sort before it, such as `stage-mine`, where no `config` beside them sets STAGE_LIST",
    why: "without STAGE_LIST pi-gen takes `stage*` in the order of the locale, and in C `-` comes before `0`: the stage runs before there is a system",
    todo: "name the stages in STAGE_LIST in pi-gen's `config`, or rename them, such as to `stage6-mine`",
  },
  STAGE_NAME_SPLITS: {
    severity: "error",
    message: ({ name }) => `\`${name}\` has white space in its name`,
    finds: "a stage for pi-gen whose name has white space",
    why: "pi-gen takes its lists of stages and of exports apart at white space: it cannot be named in STAGE_LIST, and is not exported",
    todo: "rename it, such as with `-`",
  },
  SHELLCHECK: {
    severity: "warning",
    message: ({ text }) => text,
    finds: "what shellcheck finds in the scripts, under its own codes such as `SC2086`",
    why: "https://www.shellcheck.net/wiki tells it for each code",
    todo: "",
  },
  ALLOW_UNUSABLE: {
    severity: "warning",
    message: ({ problem }) => problem,
    finds: "a `# pibuild: allow` without a code that exists, or without a reason",
    why: "it silences nothing",
    todo: "write `# pibuild: allow CODE reason`",
  },
  ALLOW_IDLE: {
    severity: "warning",
    message: ({ allowed }) => `allows ${allowed}, which is not found here`,
    finds: "a `# pibuild: allow` that has nothing to silence",
    why: "what it excused is gone, and it would hide the next one",
    todo: "remove it",
  },
};
