/** What kind of failure a code is; the exit code of the CLI follows from it. */
export type ErrorKind =
  | "usage"
  | "config"
  | "environment"
  | "upstream"
  | "step"
  | "verification"
  | "timeout"
  | "interrupted"
  | "internal";

/** Exit code of the CLI per kind. Stable: scripts may rely on it. */
export const exitCodes: Record<ErrorKind, number> = {
  usage: 2,
  config: 3,
  environment: 4,
  upstream: 5,
  step: 6,
  verification: 7,
  // As timeout(1) ends.
  timeout: 124,
  interrupted: 130,
  internal: 70,
};

/** A place in a file that a person can open. Lines and columns start at 1. */
export interface Location {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

export interface ConfigIssue {
  readonly message: string;
  readonly at: Location;
  /** The line of the file that `at` points to, for the squiggle. */
  readonly sourceLine?: string;
  /** Length of the offending text on that line, in characters. */
  readonly length?: number;
  readonly hint?: string;
}

/** How an external program failed. */
export interface CommandFailure {
  /** The command as a line that a person can paste into a shell. */
  readonly command: string;
  readonly exitCode?: number;
  readonly signal?: string;
  /** Last lines that the program printed. */
  readonly tail: readonly string[];
  readonly cwd?: string;
}

export interface MissingProgram {
  readonly program: string;
  readonly debianPackage: string;
}

/** A place where steps could run, and why they cannot. */
export interface PassedOver {
  readonly venue: string;
  readonly reason: string;
  readonly hint?: string;
}

/** Where pi-gen is taken from, and what names that place. */
export interface PigenPlace {
  readonly place: string;
  readonly namedBy: "PI_GEN_REPO" | "PI_GEN_SOURCE" | "PIGEN_DIR";
}

/**
 * The data that each error carries. Words for it live in `messages.ts`; a `problem` and its `hint`
 * that only one package knows come with the data.
 */
export interface ErrorData {
  USAGE: { message: string; hint?: string };
  /** `make` is the command that makes it, without the program's name. */
  CONFIG_MISSING: { file: string; what: string; make?: string };
  CONFIG_INVALID: { issues: readonly ConfigIssue[] };
  STAGE_MISSING: {
    stage: string;
    searched: readonly string[];
    at?: Location;
    /** One that exists and may have been meant. */
    near?: string;
    /** Whether nobody named it: images have it unless they say otherwise. */
    isDefault?: boolean;
  };
  STEP_UNKNOWN: { image: string; step: string; known: readonly string[] };
  TARGETS_INVALID: { problem: string };
  IMAGE_UNKNOWN: { image: string; known: readonly string[] };
  PROJECT_NOT_EMPTY: { directory: string; found: readonly string[] };
  PROJECT_EXISTS: { file: string };
  ENV_TOOL_MISSING: {
    missing: readonly MissingProgram[];
    /** The host's; where there is no apt-get, none is advised. */
    platform?: NodeJS.Platform;
  };
  ENV_NEEDS_ROOT: {
    task: string;
    /** What to run as root, where nobody has tried sudo. */
    command?: string;
  };
  ENV_CACHE_UNUSABLE: { path: string; reason: string };
  STORE_UNUSABLE: { path: string; reason: string };
  TASK_RUNNER_MISSING: { name: string; workspace: string };
  PORT_UNUSABLE: { host: string; port: number; reason: string };
  ENV_NO_PROC: { task: string };
  ENV_NO_NAMESPACES: { task: string };
  ENV_BINFMT_MISSING: { arch: string; detail: string; hint?: string };
  ENV_BINFMT_UNSUPPORTED: { directory: string };
  ENV_BINFMT_REFUSED: { task: string; path: string; reason: string };
  ENV_QEMU_MISSING: {
    arch: string;
    debianPackage: string;
    /** Those that are there and cannot work in a chroot, because they load libraries. */
    dynamic: readonly string[];
  };
  ENV_ENGINE_UNREACHABLE: { engine: string; detail: string };
  ENV_PRIVILEGED_REFUSED: { engine: string; detail: string };
  CONTAINER_IMAGE_MISSING: { engine: string; image: string; detail: string };
  ENV_DISK_FULL: { path: string; freeBytes: number; neededBytes?: number };
  VENUE_NONE: { passedOver: readonly PassedOver[] };
  ENGINE_MISSING: { engines: readonly string[] };
  ENGINE_ROOTLESS: { engine: string };
  ENGINE_WINDOWS: { engine: string };
  ENGINE_MEMORY: { engine: string; bytes: number; neededBytes: number };
  ENGINE_RIGHTS: { engine: string; detail: string };
  CONTAINER_IMAGE_FAILED: { image: string; failure: CommandFailure };
  CONTAINER_LOST: {
    engine: string;
    how: "killed" | "memory" | "ended" | "unstarted";
    exitCode: number;
    /** What the engine printed last. */
    tail?: readonly string[];
  };
  ENV_UNSUPPORTED: { what: string; hint?: string };
  ENV_NEEDS_LINUX: { task: string; platform: NodeJS.Platform };
  PATH_FOREIGN: { path: string; problem: string; hint: string };
  MIRROR_UNREACHABLE: {
    url: string;
    detail: string;
    /** The command after which an image's index of the mirror is fetched again, where it is too old. */
    renew?: string;
    /** Whether the address is one that APT_MIRROR replaces: those of other archives stand in stages. */
    isDebian?: boolean;
  };
  SERVER_UNREACHABLE: { host: string };
  COMMAND_FAILED: CommandFailure;
  STEP_FAILED: {
    image: string;
    step: string;
    action: string;
    failure: CommandFailure;
    logFile: string;
    /** The command that opens a shell in the failed state. */
    shell: string;
  };
  STEP_CHANGED: { step: string };
  /** A step left something that its image, or the directory of results, cannot hold. */
  STEP_REFUSED: { step: string; problem: string; hint: string };
  /** Of a setting or a file that the workspace has, and that a step failed without. */
  STEP_UNNAMED: { step: string; setting?: string; file?: string };
  UPSTREAM_FAILED: {
    image: string;
    /** The stage, step or file that had begun and not ended. */
    at?: string;
    failure: CommandFailure;
    logFile: string;
  };
  LAYOUT_INVALID: { problem: string; partition?: string };
  /** `payload` is its file; `problem` says what is so, the refusal what it means, in one word. */
  PAYLOAD_REFUSED: { payload: string; refusal: string; problem: string; hint: string };
  PAYLOAD_INPUT: { problem: string; hint: string };
  PIGEN_MISSING: { tag: string; path: string };
  PIGEN_UNREACHABLE: PigenPlace & { failure: CommandFailure };
  PIGEN_TAG_MISSING: PigenPlace & { tag: string };
  PIGEN_TAG_MOVED: PigenPlace & { tag: string; pinned: string; found: string };
  PIGEN_INVALID: PigenPlace & { missing: readonly string[] };
  PIGEN_MODIFIED: {
    path: string;
    commit: string;
    /** The commit that is checked out; undefined where none is. */
    head: string | undefined;
    /** Files that differ from the commit or are not in it. */
    changes: readonly string[];
  };
  VERIFY_FAILED: { what: string; detail: string; hint?: string };
  LINT_FAILED: { errors: number; warnings: number };
  /** `resumes: false` where the next run begins anew. */
  INTERRUPTED: { signal: string; resumes?: boolean };
  BUILD_TIMEOUT: {
    image: string;
    limitMs: number;
    /** The step or phase that ran; undefined before the first. */
    running: string | undefined;
    /** How long it had been running. */
    runningMs: number;
  };
  OUTPUT_UNUSABLE: { directory: string; reason: string };
  REGISTRY_ADDRESS: { address: string; problem: string; hint: string };
  REGISTRY_UNREACHABLE: { registry: string; detail: string };
  REGISTRY_DENIED: {
    /** With the repository. */
    registry: string;
    action: "read" | "write" | "delete";
    status: number;
    detail: string;
  };
  REGISTRY_NOT_OCI: { registry: string; detail: string };
  REGISTRY_REFUSED: { registry: string; what: string; detail: string };
  BLOB_DAMAGED: { place: string; digest: string; detail: string };
  LAYER_LOST: { digest: string; reason: string };
  CACHE_UNREACHABLE: { place: string; detail: string };
  CACHE_KEY_INVALID: { place: string; problem: string };
}

export type ErrorCode = keyof ErrorData;

/** One row a code: its kind, and one line for the reference page. */
export const errorCodes: Record<ErrorCode, { kind: ErrorKind; summary: string }> = {
  USAGE: { kind: "usage", summary: "The command line could not be understood." },
  CONFIG_MISSING: { kind: "config", summary: "A file that pibuild needs does not exist." },
  CONFIG_INVALID: { kind: "config", summary: "A configuration file breaks its schema." },
  STAGE_MISSING: { kind: "config", summary: "An image names a stage that does not exist." },
  STEP_UNKNOWN: { kind: "usage", summary: "The image has no step of that name." },
  TARGETS_INVALID: {
    kind: "config",
    summary: "The targets of an image are wrong (a fault of pibuild).",
  },
  IMAGE_UNKNOWN: { kind: "usage", summary: "The workspace has no image of that name." },
  PROJECT_NOT_EMPTY: { kind: "usage", summary: "The directory for a new project is not empty." },
  PROJECT_EXISTS: {
    kind: "usage",
    summary: "A file that `pibuild init` would write exists already.",
  },
  ENV_TOOL_MISSING: { kind: "environment", summary: "Programs that the build needs are missing." },
  ENV_NEEDS_ROOT: { kind: "environment", summary: "The task needs root, and there is no sudo." },
  ENV_CACHE_UNUSABLE: {
    kind: "environment",
    summary: "A file of the cache belongs to another user, for example to root.",
  },
  STORE_UNUSABLE: {
    kind: "environment",
    summary: "The store of layers cannot be read or written.",
  },
  TASK_RUNNER_MISSING: {
    kind: "environment",
    summary: "The program that orders the tasks is not installed in the workspace.",
  },
  PORT_UNUSABLE: {
    kind: "environment",
    summary: "A server cannot listen at the given address.",
  },
  ENV_NO_PROC: { kind: "environment", summary: "There is no /proc here." },
  ENV_NO_NAMESPACES: {
    kind: "environment",
    summary: "The kernel refuses a mount namespace, as in a container without CAP_SYS_ADMIN.",
  },
  ENV_BINFMT_MISSING: {
    kind: "environment",
    summary: "This host cannot run the image's programs.",
  },
  ENV_BINFMT_UNSUPPORTED: {
    kind: "environment",
    summary: "The kernel cannot run programs of other architectures: it has no binfmt_misc.",
  },
  ENV_BINFMT_REFUSED: {
    kind: "environment",
    summary: "The kernel refused to change a handler for programs of other architectures.",
  },
  ENV_QEMU_MISSING: {
    kind: "environment",
    summary: "No qemu is installed that runs programs of that architecture in a chroot.",
  },
  ENV_ENGINE_UNREACHABLE: {
    kind: "environment",
    summary: "Docker or Podman does not answer.",
  },
  ENV_PRIVILEGED_REFUSED: {
    kind: "environment",
    summary: "Docker or Podman does not start privileged containers.",
  },
  ENV_DISK_FULL: { kind: "environment", summary: "A filesystem has no room left." },
  ENV_UNSUPPORTED: {
    kind: "environment",
    summary: "This machine lacks something that the build needs.",
  },
  VENUE_NONE: {
    kind: "environment",
    summary: "Steps can run neither on this machine nor in a container.",
  },
  ENGINE_MISSING: { kind: "environment", summary: "No container engine is installed." },
  ENGINE_ROOTLESS: { kind: "environment", summary: "The container engine runs without root." },
  ENGINE_WINDOWS: {
    kind: "environment",
    summary: "The container engine is set to Windows containers.",
  },
  ENGINE_MEMORY: { kind: "environment", summary: "The container engine has too little memory." },
  ENGINE_RIGHTS: {
    kind: "environment",
    summary: "The container engine gives no container the right to mount.",
  },
  CONTAINER_IMAGE_FAILED: {
    kind: "environment",
    summary: "The image for the container could not be fetched or made.",
  },
  CONTAINER_LOST: { kind: "environment", summary: "The container ended before its work did." },
  ENV_NEEDS_LINUX: { kind: "environment", summary: "The task runs on Linux only." },
  PATH_FOREIGN: {
    kind: "environment",
    summary: "A Windows path cannot be given to the program that needs it.",
  },
  MIRROR_UNREACHABLE: { kind: "upstream", summary: "A package mirror failed." },
  SERVER_UNREACHABLE: {
    kind: "upstream",
    summary: "A server that a stage's script fetches from by itself could not be reached.",
  },
  CONTAINER_IMAGE_MISSING: {
    kind: "upstream",
    summary: "A container image is not here and could not be fetched.",
  },
  COMMAND_FAILED: { kind: "step", summary: "An external program failed." },
  STEP_FAILED: {
    kind: "step",
    summary:
      "A step of a stage failed. If a mirror, another server or a full disk is the cause, the exit code is that of MIRROR_UNREACHABLE, SERVER_UNREACHABLE or ENV_DISK_FULL.",
  },
  STEP_UNNAMED: {
    kind: "step",
    summary: "A step needed a setting or a file that none of its files names.",
  },
  STEP_REFUSED: { kind: "step", summary: "A step made what an image or `dist` cannot hold." },
  STEP_CHANGED: { kind: "step", summary: "A step's files changed while it ran." },
  UPSTREAM_FAILED: {
    kind: "step",
    summary: "pi-gen's build.sh failed. The exit code is as with STEP_FAILED.",
  },
  LAYOUT_INVALID: { kind: "config", summary: "A disk layout is not possible." },
  PAYLOAD_REFUSED: {
    kind: "verification",
    summary: "A payload does not fit this device, or is not what was signed.",
  },
  PAYLOAD_INPUT: {
    kind: "config",
    summary: "A payload cannot be made from these files or values.",
  },
  PIGEN_MISSING: { kind: "environment", summary: "The pinned pi-gen has not been fetched." },
  PIGEN_UNREACHABLE: { kind: "upstream", summary: "pi-gen's repository could not be read." },
  PIGEN_TAG_MISSING: { kind: "upstream", summary: "pi-gen's repository lacks the pinned tag." },
  PIGEN_TAG_MOVED: { kind: "upstream", summary: "The pinned tag is another commit now." },
  PIGEN_INVALID: {
    kind: "config",
    summary: "A directory or repository that is named as pi-gen is something else.",
  },
  PIGEN_MODIFIED: { kind: "verification", summary: "The checkout is not the pinned commit." },
  VERIFY_FAILED: { kind: "verification", summary: "A result is not what was promised." },
  LINT_FAILED: { kind: "verification", summary: "`pibuild lint` found errors in stages." },
  BUILD_TIMEOUT: { kind: "timeout", summary: "The build took longer than BUILD_TIMEOUT allows." },
  OUTPUT_UNUSABLE: { kind: "config", summary: "OUTPUT_DIR cannot be written to." },
  REGISTRY_ADDRESS: {
    kind: "config",
    summary: "An address is not one of a repository in a registry.",
  },
  REGISTRY_UNREACHABLE: { kind: "upstream", summary: "A registry does not answer, or fails." },
  REGISTRY_DENIED: { kind: "upstream", summary: "A registry refuses this login what it asks for." },
  REGISTRY_NOT_OCI: {
    kind: "upstream",
    summary: "The server that answers is not a registry of OCI artifacts.",
  },
  REGISTRY_REFUSED: { kind: "upstream", summary: "A registry refuses what it is sent." },
  BLOB_DAMAGED: {
    kind: "upstream",
    summary: "What a registry or another cache sent does not match its digest.",
  },
  LAYER_LOST: {
    kind: "upstream",
    summary: "The remote cache no longer has a layer that it promised; its step runs again.",
  },
  CACHE_UNREACHABLE: { kind: "upstream", summary: "The remote cache's directory cannot be used." },
  CACHE_KEY_INVALID: {
    kind: "config",
    summary: "A key for the remote cache's records is not valid.",
  },
  INTERRUPTED: { kind: "interrupted", summary: "The run was stopped by a signal." },
};
