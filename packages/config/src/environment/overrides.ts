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
      "The stages of pi-gen to build, in order, with blanks between: `stage0 stage1 stage2`. A name without a `/` is one of pi-gen's, another is a path in the workspace. Stages of the image that are not pi-gen's stay.",
    overrides: "the stages of pi-gen below `stages`",
    expected: "names of stages with blanks between, such as `stage0 stage1 stage2`",
  },
  PI_GEN_BRANCH: {
    description:
      "The branch of pi-gen that has to be the pinned one's. `bookworm`, `trixie` and `master` stand for a release, and ARM64 says which of its branches is meant: `bookworm` with ARM64=1 is `bookworm-arm64`, `trixie` is `arm64`. The pin decides what is built: a branch that contradicts it is an error.",
    overrides: "`release`",
    expected: "one of pi-gen's branches",
  },
  ARM64: {
    description:
      "1, the default, for arm64, which sets ARMHF=0; 0 for armhf, which pibuild cannot build yet and so refuses.",
    overrides: "`arch`",
    expected: "1 or 0",
  },
  OUTPUT_DIR: {
    description:
      "A directory that gets the finished `.img.xz`, its `.sha256` and the `.bmap`, besides `dist/<image>`, and as `<name>.deploy` what stages put into DEPLOY_DIR. Each appears whole or not at all. It is made where it does not exist.",
    overrides: "`output_dir`",
    expected: "the path of a directory",
  },
  BUILD_TIMEOUT: {
    description:
      "How long `pibuild build` may take: `90m`, `2h`, or seconds. Then everything that it started is ended; layers that are done, and the artifacts of an earlier build, stay. 0 is for ever.",
    overrides: "`build_timeout`",
    expected: "a duration of at most 24 days such as 90m, 2h or 5400 (seconds)",
  },
  SOURCE_DATE_EPOCH: {
    description: "The time that the image's files carry, in seconds since 1970.",
    overrides: "`source_date_epoch`",
    expected: "whole seconds since 1970",
  },
} as const satisfies Record<string, OverrideRow>;

export type OverrideName = keyof typeof rows;

/** Every such variable. Checks and the reference page derive from it. */
export const overrides: Readonly<Record<OverrideName, OverrideRow>> = rows;
