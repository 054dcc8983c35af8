import { describe, expect, test } from "vitest";
import { type ErrorCode, type ErrorData, errorCodes } from "../src/errors/codes.ts";
import { formatLocation } from "../src/errors/messages.ts";
import { isPibuildError, PibuildError } from "../src/errors/pibuild-error.ts";
import { renderError } from "../src/errors/render.ts";

/** An error of every code, with its data complete. */
const samples: { [C in ErrorCode]: ErrorData[C] } = {
  USAGE: { message: "unknown command `bild`" },
  CONFIG_MISSING: { file: "apps/kn86/image.yaml", what: "the image's file" },
  CONFIG_INVALID: {
    issues: [
      {
        message: "unknown key `stagse`",
        at: { file: "apps/kn86/image.yaml", line: 3, column: 3 },
        sourceLine: "  stagse: [base]",
        length: 6,
        hint: "did you mean `stages`?",
      },
      {
        message: "a release is needed",
        at: { file: "pi-gen-pin.env", line: 1, column: 3 },
        sourceLine: "\tX=",
      },
      { message: "the file is empty", at: { file: "pi-gen-pin.env" } },
    ],
  },
  STAGE_MISSING: {
    stage: "bsae",
    searched: ["stages/bsae", "/pi gen/bsae"],
    at: { file: "apps/kn86/image.yaml", line: 4, column: 5 },
  },
  STEP_UNKNOWN: { image: "kn86", step: "base/09", known: ["base/00-apt", "base/01-net"] },
  TARGETS_INVALID: { problem: "there are two targets `disk`" },
  PROJECT_NOT_EMPTY: { directory: "/srv/kiosk", found: ["a", "b", "c", "d"] },
  PROJECT_EXISTS: { file: "/srv/kiosk/apps/kiosk/image.yaml" },
  IMAGE_UNKNOWN: { image: "kn68", known: ["debian-lite", "kn86"] },
  ENV_TOOL_MISSING: {
    missing: [
      { program: "mksquashfs", debianPackage: "squashfs-tools" },
      { program: "mmd", debianPackage: "mtools" },
      { program: "mcopy", debianPackage: "mtools" },
    ],
  },
  ENV_NEEDS_ROOT: { task: "a build" },
  ENV_CACHE_UNUSABLE: { path: "/home/me/.cache/pibuild/secret.key", reason: "EACCES" },
  STORE_UNUSABLE: { path: "/var/cache/pibuild/store/records", reason: "ENOTDIR" },
  TASK_RUNNER_MISSING: { name: "turbo", workspace: "/home/pi/workspace" },
  PORT_UNUSABLE: { host: "127.0.0.1", port: 80, reason: "EACCES" },
  ENV_NO_PROC: { task: "a build" },
  ENV_NO_NAMESPACES: { task: "a build" },
  ENV_BINFMT_MISSING: { arch: "arm64", detail: "no handler is registered" },
  ENV_BINFMT_UNSUPPORTED: { directory: "/proc/sys/fs/binfmt_misc" },
  ENV_BINFMT_REFUSED: {
    task: "registering `pibuild-arm`",
    path: "/proc/sys/fs/binfmt_misc/register",
    reason: "EROFS",
  },
  ENV_QEMU_MISSING: {
    arch: "arm64",
    debianPackage: "qemu-user-static",
    dynamic: ["/usr/bin/qemu-aarch64"],
  },
  ENV_ENGINE_UNREACHABLE: {
    engine: "docker",
    detail: "Cannot connect to the Docker daemon at unix:///var/run/docker.sock.",
  },
  ENV_PRIVILEGED_REFUSED: { engine: "docker", detail: "unable to apply caps" },
  CONTAINER_IMAGE_MISSING: { engine: "podman", image: "a/b", detail: "no such host" },
  ENV_DISK_FULL: { path: "/var/cache", freeBytes: 1024 ** 3, neededBytes: 3 * 1024 ** 3 },
  ENV_UNSUPPORTED: { what: "the kernel has no overlayfs" },
  VENUE_NONE: {
    passedOver: [
      {
        venue: "native",
        reason: "missing programs: `mksquashfs`",
        hint: "run `pibuild doctor --fix`",
      },
      { venue: "container", reason: "`docker` is not installed" },
    ],
  },
  ENGINE_MISSING: { engines: ["docker", "podman"] },
  ENGINE_ROOTLESS: { engine: "podman" },
  ENGINE_WINDOWS: { engine: "docker" },
  ENGINE_MEMORY: { engine: "docker", bytes: 1024 ** 3, neededBytes: 2 * 1024 ** 3 },
  ENGINE_RIGHTS: { engine: "docker", detail: "mount: permission denied" },
  CONTAINER_IMAGE_FAILED: {
    image: "debian:bookworm",
    failure: { command: "docker pull debian:bookworm", exitCode: 1, tail: ["no such host"] },
  },
  CONTAINER_LOST: { engine: "docker", how: "killed", exitCode: 137 },
  ENV_NEEDS_LINUX: { task: "cleaning", platform: "win32" },
  PATH_FOREIGN: {
    path: "\\\\nas\\share",
    problem: "is on a network share",
    hint: "use a directory on a drive of this machine",
  },
  SERVER_UNREACHABLE: { host: "code.example.org" },
  MIRROR_UNREACHABLE: { url: "http://mirror.example.org/debian", detail: "404 for `InRelease`" },
  COMMAND_FAILED: {
    command: "mount -t overlay overlay '/a b'",
    exitCode: 32,
    tail: ["mount: /a b: permission denied.", "       dmesg(1) may have more"],
  },
  STEP_FAILED: {
    image: "kn86",
    step: "base/01-net",
    action: "00-run.sh",
    failure: { command: "00-run.sh", exitCode: 100, tail: ["E: Unable to locate package x"] },
    logFile: ".pibuild/logs/kn86/base--01-net.log",
    shell: "pibuild shell kn86 base/01-net",
  },
  UPSTREAM_FAILED: {
    image: "kn86",
    at: "stage0/00-configure-apt",
    failure: { command: "build.sh", exitCode: 100, tail: ["E: Unable to locate package"] },
    logFile: "/w/.pibuild/logs/kn86/build.sh.log",
  },
  STEP_CHANGED: { step: "base/01-net" },
  STEP_REFUSED: { step: "base/01-net", problem: "`/a` is a link", hint: "remove it" },
  STEP_UNNAMED: { step: "base/01-net", setting: "TARGET_HOSTNAME" },
  LAYOUT_INVALID: { problem: "is 12.0 MiB, its files need 20.0 MiB", partition: "boot" },
  PAYLOAD_REFUSED: {
    payload: "kn86.kn86fw",
    refusal: "board",
    problem: "it is for pi4, and this is zero2w",
    hint: "take the payload that was built for this board",
  },
  PAYLOAD_INPUT: {
    problem: "the root image has 5 bytes, which is no multiple of 4096",
    hint: "give the whole partition, as the disk's image has it",
  },
  PIGEN_MISSING: { tag: "2026-01-01-raspios-trixie-arm64", path: ".pibuild/pi-gen/aaaa" },
  PIGEN_UNREACHABLE: {
    place: "https://example.org/pi-gen",
    namedBy: "PI_GEN_REPO",
    failure: {
      command: "git ls-remote https://example.org/pi-gen",
      exitCode: 128,
      tail: ["fatal: unable to access 'https://example.org/pi-gen/': Could not resolve host"],
    },
  },
  PIGEN_TAG_MISSING: {
    place: "/srv/pi-gen.git",
    namedBy: "PI_GEN_SOURCE",
    tag: "2026-01-01-raspios-trixie-arm64",
  },
  PIGEN_TAG_MOVED: {
    place: "https://example.org/pi-gen",
    namedBy: "PI_GEN_REPO",
    tag: "2026-01-01-raspios-trixie-arm64",
    pinned: "aaaa",
    found: "bbbb",
  },
  PIGEN_INVALID: { place: "/srv/pi gen", namedBy: "PIGEN_DIR", missing: ["build.sh", "stage0"] },
  PIGEN_MODIFIED: {
    path: ".pibuild/pi-gen/aaaa",
    commit: "aaaa",
    head: "aaaa",
    changes: ["build.sh", "stage2/SKIP"],
  },
  VERIFY_FAILED: { what: "image.img", detail: "sha256 does not match" },
  LINT_FAILED: { errors: 2, warnings: 1 },
  BUILD_TIMEOUT: {
    image: "kn86",
    limitMs: 90 * 60_000,
    running: "base/01-net",
    runningMs: 61_000,
  },
  REGISTRY_ADDRESS: { address: "localhost", problem: "it has no path", hint: "add one" },
  REGISTRY_UNREACHABLE: { registry: "registry.example/pi", detail: "503 Service Unavailable" },
  REGISTRY_DENIED: {
    registry: "registry.example/pi",
    action: "write",
    status: 403,
    detail: "denied",
  },
  REGISTRY_NOT_OCI: { registry: "www.example/pi", detail: "it answers /v2/ with 404" },
  REGISTRY_REFUSED: { registry: "registry.example/pi", what: "a blob", detail: "413 too large" },
  BLOB_DAMAGED: { place: "registry.example/pi", digest: "0".repeat(64), detail: "another digest" },
  LAYER_LOST: { digest: "0".repeat(64), reason: "it is gone" },
  CACHE_UNREACHABLE: { place: "/mnt/cache", detail: "EACCES" },
  CACHE_KEY_INVALID: { place: "PIBUILD_CACHE_SIGN", problem: "it is no ed25519 key" },
  OUTPUT_UNUSABLE: { directory: "/srv/images", reason: "it is no directory" },
  INTERRUPTED: { signal: "SIGINT" },
};

const codes = Object.keys(errorCodes) as ErrorCode[];
const rendered = (code: ErrorCode) => renderError(new PibuildError(code, samples[code]));

/** Every text in an error's data, with the name of its field. */
function texts(data: unknown, field = ""): { field: string; text: string }[] {
  if (typeof data === "string") return [{ field, text: data }];
  if (typeof data !== "object" || data === null) return [];
  return Object.entries(data).flatMap(([name, value]) =>
    texts(value, Array.isArray(data) ? field : name),
  );
}

describe("every error", () => {
  /** Fields that choose the words, and are not among them. */
  const chooseWords = ["form", "platform", "problem", "how", "known"];
  test.each(codes)("%s names what its data tells, in the words of the data", (code) => {
    const shown = rendered(code);
    const unsaid = texts(samples[code])
      .filter(({ field }) => !chooseWords.includes(field))
      .filter(({ text }) => !shown.includes(text.trim()));
    expect(unsaid).toEqual([]);
  });
  test.each(codes)(
    "%s is one plain message, and tells what to do in a paragraph of its own",
    (code) => {
      const shown = rendered(code);
      // What a person stopped is no error.
      expect(shown).toMatch(code === "INTERRUPTED" ? /^stopped by \S/ : /^error: \S/);
      expect(shown).not.toMatch(/undefined|NaN|\[object|[ \t]$/m);
      const [, ...hints] = shown.split(/\n\n(?=hint: \S)/);
      expect(hints.length).toBe(withoutHint.includes(code) ? 0 : 1);
    },
  );
  /** Whoever reports these has said what to do, or nobody can know. */
  const withoutHint: readonly ErrorCode[] = ["CONFIG_INVALID", "COMMAND_FAILED", "VERIFY_FAILED"];
});

describe("the hint", () => {
  const hint = (...[code, data, options]: ConstructorParameters<typeof PibuildError<ErrorCode>>) =>
    new PibuildError(code, data, options).hint ?? "";
  test("guesses at a name that is nearly right, and else lists those that are", () => {
    expect(rendered("IMAGE_UNKNOWN")).toContain("did you mean `kn86`?");
    expect(hint("IMAGE_UNKNOWN", { image: "kiosk", known: ["kn86", "lite"] })).toContain(
      "kn86, lite",
    );
    expect(hint("IMAGE_UNKNOWN", { image: "kn86", known: [] })).toContain(
      "apps/<image>/image.yaml",
    );
    expect(hint("STEP_UNKNOWN", samples.STEP_UNKNOWN)).toContain("base/00-apt, base/01-net");
  });
  test("names each missing package once, and none on a machine without Debian's", () => {
    expect(rendered("ENV_TOOL_MISSING")).toContain("`apt-get install mtools squashfs-tools`");
    const missing = [{ program: "git", debianPackage: "git" }];
    expect(hint("ENV_TOOL_MISSING", { missing, platform: "darwin" })).not.toContain("apt-get");
  });
  test.each<[ErrorCode, string]>([
    ["USAGE", "pibuild help"],
    ["ENV_NEEDS_LINUX", "WSL"],
    ["ENV_BINFMT_MISSING", "pibuild doctor --fix"],
    ["ENV_QEMU_MISSING", "apt-get install qemu-user-static"],
    ["ENV_DISK_FULL", "pibuild clean --store"],
    ["ENV_UNSUPPORTED", "pibuild doctor"],
    ["CONTAINER_IMAGE_MISSING", "podman load"],
    ["MIRROR_UNREACHABLE", "DEBIAN_MIRROR"],
    ["SERVER_UNREACHABLE", "inputs:"],
    ["PIGEN_MISSING", "pibuild sync"],
    ["PIGEN_UNREACHABLE", "PI_GEN_SOURCE"],
    ["PIGEN_TAG_MISSING", "PI_GEN_SOURCE"],
    ["PIGEN_TAG_MOVED", "PI_GEN_COMMIT"],
    ["PIGEN_INVALID", "PIGEN_DIR"],
    ["PIGEN_MODIFIED", "pibuild sync"],
    ["STEP_FAILED", "pibuild shell kn86 base/01-net"],
  ])("of %s names %s", (code, remedy) => {
    expect(new PibuildError(code, samples[code]).hint).toContain(remedy);
  });
});

describe("what is so in one case only", () => {
  test("a command that needs root is named where there is one", () => {
    const error = { task: "registering", command: "npx @pibuild/binfmt register" };
    expect(renderError(new PibuildError("ENV_NEEDS_ROOT", error))).toContain(error.command);
  });
  test("a checkout is at another commit, at none, or differs in some of many files", () => {
    const modified = (data: object) =>
      new PibuildError("PIGEN_MODIFIED", { ...samples.PIGEN_MODIFIED, ...data }).message;
    expect(modified({ head: "bbbb" })).toMatch(/`bbbb`.*`aaaa`/);
    expect(modified({ head: undefined })).toMatch(/no commit.*`aaaa`/);
    const many = modified({ changes: ["a", "b", "c", "d", "e", "f", "g"] });
    expect(many).toContain("`e` and 2 more");
    expect(many).not.toContain("`f`");
  });
  test("a disk is full to the last byte, or has less than is needed", () => {
    const full = new PibuildError("ENV_DISK_FULL", { path: "/store", freeBytes: 0 });
    expect(full.message).toContain("0 B free");
    expect(rendered("ENV_DISK_FULL")).toMatch(/1\.0 GiB.*3\.0 GiB/);
  });
  test("a layout is wrong in one partition, or as a whole", () => {
    const whole = new PibuildError("LAYOUT_INVALID", { problem: "the disk is too small" });
    expect(whole.message).toBe("the disk is too small");
    expect(rendered("LAYOUT_INVALID")).toMatch(/^error: partition `boot`: /);
  });
});

describe("the form", () => {
  test("of a configuration's problems: each with its place, its line and a squiggle", () => {
    expect(rendered("CONFIG_INVALID")).toBe(
      [
        "error: unknown key `stagse`",
        "  at apps/kn86/image.yaml:3:3",
        "       stagse: [base]",
        "       ~~~~~~",
        "hint: did you mean `stages`?",
        "error: a release is needed",
        "  at pi-gen-pin.env:1:3",
        "     \tX=",
        "     \t ~",
        "error: the file is empty",
        "  at pi-gen-pin.env",
      ].join("\n"),
    );
  });
  test("of a failed step: causes from the nearest to the first, output, log, hint", () => {
    const first = new Error("connection reset");
    const cause = new PibuildError("MIRROR_UNREACHABLE", samples.MIRROR_UNREACHABLE, {
      cause: first,
    });
    const lines = renderError(new PibuildError("STEP_FAILED", samples.STEP_FAILED, { cause }));
    expect(lines.split("\n")).toEqual([
      expect.stringMatching(/^error: .*`base\/01-net`.*`00-run\.sh`.* 100$/),
      `  Caused by: ${cause.message}`,
      "  Caused by: connection reset",
      "  | E: Unable to locate package x",
      "  log: .pibuild/logs/kn86/base--01-net.log",
      "",
      "hint: check the network, or name further mirrors in DEBIAN_MIRROR",
      expect.stringMatching(/^hint: open a shell .*`pibuild shell kn86 base\/01-net`/),
    ]);
  });
  test.each([
    ["MIRROR_UNREACHABLE", 5],
    ["SERVER_UNREACHABLE", 5],
    ["ENV_DISK_FULL", 4],
    ["ENV_UNSUPPORTED", 6],
    ["STEP_UNNAMED", 6],
  ] as const)(
    "of a step or of build.sh that %s is behind has the exit code %d",
    (code, exitCode) => {
      const cause = new PibuildError(code, samples[code]);
      for (const failed of ["STEP_FAILED", "UPSTREAM_FAILED"] as const)
        expect(new PibuildError(failed, samples[failed], { cause }).exitCode).toBe(exitCode);
      const caught = new PibuildError("VERIFY_FAILED", samples.VERIFY_FAILED, { cause });
      expect(caught.exitCode).toBe(7);
    },
  );
  test("a cause that is no error is not shown", () => {
    const error = new PibuildError("INTERRUPTED", samples.INTERRUPTED, { cause: "text" });
    expect(renderError(error)).toBe(rendered("INTERRUPTED"));
  });
  test("anything else is a bug, and keeps its stack", () => {
    const error = new TypeError("x is not a function");
    expect(renderError(error)).toBe(
      `error: internal error, this is a bug in pibuild\n${error.stack}`,
    );
    expect(renderError("thrown text")).toMatch(/bug in pibuild\nthrown text$/);
  });
});

test("how a command failed: by its code, by a signal, or before it started", () => {
  const message = (data: object) =>
    new PibuildError("COMMAND_FAILED", { command: "x", tail: [], ...data }).message;
  expect(message({ exitCode: 1 })).toBe("`x` exited with 1");
  expect(message({ signal: "SIGKILL" })).toBe("`x` was killed by SIGKILL");
  expect(message({})).toBe("`x` could not be started");
});

test.each([
  [{ file: "a.yaml" }, "a.yaml"],
  [{ file: "a.yaml", line: 2 }, "a.yaml:2"],
  [{ file: "a.yaml", line: 2, column: 1 }, "a.yaml:2:1"],
])("a location is written as editors link it: %j", (location, text) => {
  expect(formatLocation(location)).toBe(text);
});

test("exit codes follow from the kind of error", () => {
  const table = codes.map((code) => [code, new PibuildError(code, samples[code]).exitCode]);
  expect(Object.fromEntries(table)).toMatchInlineSnapshot(`
    {
      "BLOB_DAMAGED": 5,
      "BUILD_TIMEOUT": 124,
      "CACHE_KEY_INVALID": 3,
      "CACHE_UNREACHABLE": 5,
      "COMMAND_FAILED": 6,
      "CONFIG_INVALID": 3,
      "CONFIG_MISSING": 3,
      "CONTAINER_IMAGE_FAILED": 4,
      "CONTAINER_IMAGE_MISSING": 5,
      "CONTAINER_LOST": 4,
      "ENGINE_MEMORY": 4,
      "ENGINE_MISSING": 4,
      "ENGINE_RIGHTS": 4,
      "ENGINE_ROOTLESS": 4,
      "ENGINE_WINDOWS": 4,
      "ENV_BINFMT_MISSING": 4,
      "ENV_BINFMT_REFUSED": 4,
      "ENV_BINFMT_UNSUPPORTED": 4,
      "ENV_CACHE_UNUSABLE": 4,
      "ENV_DISK_FULL": 4,
      "ENV_ENGINE_UNREACHABLE": 4,
      "ENV_NEEDS_LINUX": 4,
      "ENV_NEEDS_ROOT": 4,
      "ENV_NO_NAMESPACES": 4,
      "ENV_NO_PROC": 4,
      "ENV_PRIVILEGED_REFUSED": 4,
      "ENV_QEMU_MISSING": 4,
      "ENV_TOOL_MISSING": 4,
      "ENV_UNSUPPORTED": 4,
      "IMAGE_UNKNOWN": 2,
      "INTERRUPTED": 130,
      "LAYER_LOST": 5,
      "LAYOUT_INVALID": 3,
      "LINT_FAILED": 7,
      "MIRROR_UNREACHABLE": 5,
      "OUTPUT_UNUSABLE": 3,
      "PATH_FOREIGN": 4,
      "PAYLOAD_INPUT": 3,
      "PAYLOAD_REFUSED": 7,
      "PIGEN_INVALID": 3,
      "PIGEN_MISSING": 4,
      "PIGEN_MODIFIED": 7,
      "PIGEN_TAG_MISSING": 5,
      "PIGEN_TAG_MOVED": 5,
      "PIGEN_UNREACHABLE": 5,
      "PORT_UNUSABLE": 4,
      "PROJECT_EXISTS": 2,
      "PROJECT_NOT_EMPTY": 2,
      "REGISTRY_ADDRESS": 3,
      "REGISTRY_DENIED": 5,
      "REGISTRY_NOT_OCI": 5,
      "REGISTRY_REFUSED": 5,
      "REGISTRY_UNREACHABLE": 5,
      "SERVER_UNREACHABLE": 5,
      "STAGE_MISSING": 3,
      "STEP_CHANGED": 6,
      "STEP_FAILED": 6,
      "STEP_REFUSED": 6,
      "STEP_UNKNOWN": 2,
      "STEP_UNNAMED": 6,
      "STORE_UNUSABLE": 4,
      "TARGETS_INVALID": 3,
      "TASK_RUNNER_MISSING": 4,
      "UPSTREAM_FAILED": 6,
      "USAGE": 2,
      "VENUE_NONE": 4,
      "VERIFY_FAILED": 7,
    }
  `);
});

test("an error is narrowed by its code alone", () => {
  const error: unknown = new PibuildError("USAGE", samples.USAGE);
  expect(isPibuildError(error, "USAGE")).toBe(true);
  expect(isPibuildError(error, "INTERRUPTED")).toBe(false);
  expect(isPibuildError(Object.assign(new Error(), { code: "USAGE" }), "USAGE")).toBe(false);
});
