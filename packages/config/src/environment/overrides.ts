/** A variable of pibuild's own environment that is no setting: the single place that says what it is. */
export interface OverrideRow {
  readonly description: string;
  /** What of image.yaml it takes the place of. */
  readonly overrides: string;
  /** Words for what the value has to be, as in "expected ...". */
  readonly expected: string;
}

const rows = {
  PI_GEN_STAGES: {
    description:
      "The stages of pi-gen to build, in order: `stage0 stage1 stage2`. A name without a `/` is a stage of pi-gen, a name with one is a path in the workspace. The image's own stages stay.",
    overrides: "the stages of pi-gen below `stages`",
    expected: "names of stages, separated by blanks, such as `stage0 stage1 stage2`",
  },
  PI_GEN_BRANCH: {
    description:
      "The branch of pi-gen that the pin must belong to. The pin decides what is built; another branch is an error. `bookworm`, `trixie` and `master` stand for a release, and ARM64 chooses the branch: with ARM64=1, `bookworm` is `bookworm-arm64`, and `trixie` is `arm64`.",
    overrides: "`release`",
    expected: "one of pi-gen's branches",
  },
  ARM64: {
    description:
      "1 (the default) for arm64; it sets ARMHF=0. 0 is for armhf, which pibuild cannot build yet: it refuses.",
    overrides: "`arch`",
    expected: "1 or 0",
  },
  OUTPUT_DIR: {
    description:
      "A directory for a copy of the finished `.img.xz`, its `.sha256` and the `.bmap`, and of what stages put into DEPLOY_DIR (as `<name>.deploy`). All of them stay in `dist/<image>` too. The directory is made if it does not exist. Each file appears whole or not at all.",
    overrides: "`output_dir`",
    expected: "the path of a directory",
  },
  BUILD_TIMEOUT: {
    description:
      "How long `pibuild build` may take: `90m`, `2h`, or seconds; 0 is no limit. After that time everything that it started is ended. Finished layers, and the artifacts of an earlier build, stay.",
    overrides: "`build_timeout`",
    expected: "a duration of at most 24 days such as 90m, 2h or 5400 (seconds)",
  },
  SOURCE_DATE_EPOCH: {
    description: "The date of the image's files, in seconds since 1970.",
    overrides: "`source_date_epoch`",
    expected: "whole seconds since 1970",
  },
} as const satisfies Record<string, OverrideRow>;

export type OverrideName = keyof typeof rows;

/** Every such variable. Checks and the reference page derive from it. */
export const overrides: Readonly<Record<OverrideName, OverrideRow>> = rows;
