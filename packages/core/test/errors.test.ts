import { describe, expect, test } from "vitest";
import {
  type ErrorCode,
  type ErrorData,
  errorCodes,
  formatLocation,
  isPibuildError,
  PibuildError,
  renderError,
} from "../src/index.ts";

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
  IMAGE_UNKNOWN: { image: "kn68", known: ["debian-lite", "kn86"] },
  ENV_TOOL_MISSING: {
    missing: [
      { program: "mksquashfs", debianPackage: "squashfs-tools" },
      { program: "mmd", debianPackage: "mtools" },
      { program: "mcopy", debianPackage: "mtools" },
    ],
  },
  ENV_NEEDS_ROOT: { task: "a build" },
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
  PATH_FOREIGN: { path: "\\\\nas\\share", form: "docker", problem: "network-share" },
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
  LAYOUT_INVALID: { problem: "is 12.0 MiB, its files need 20.0 MiB", partition: "boot" },
  PAYLOAD_REFUSED: {
    payload: "kn86.kn86fw",
    refusal: "board",
    problem: "it is for pi4, and this is zero2w",
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
  OUTPUT_UNUSABLE: { directory: "/srv/images", reason: "it is no directory" },
  INTERRUPTED: { signal: "SIGINT" },
};

const rendered = (code: ErrorCode) => renderError(new PibuildError(code, samples[code]));

describe("as a person reads it", () => {
  test("usage", () => {
    expect(rendered("USAGE")).toMatchInlineSnapshot(`
      "error: unknown command \`bild\`

      hint: run \`pibuild --help\` for the commands"
    `);
    expect(rendered("STEP_UNKNOWN")).toMatchInlineSnapshot(`
      "error: image \`kn86\` has no step \`base/09\`

      hint: its steps are: base/00-apt, base/01-net"
    `);
    expect(rendered("IMAGE_UNKNOWN")).toMatchInlineSnapshot(`
      "error: there is no image \`kn68\`

      hint: did you mean \`kn86\`?"
    `);
    const far = new PibuildError("IMAGE_UNKNOWN", { image: "kiosk", known: ["kn86", "lite"] });
    expect(far.hint).toBe("images here: kn86, lite");
    const step = new PibuildError("STEP_UNKNOWN", { image: "kn86", step: "x", known: ["b/00-a"] });
    expect(step.hint).toBe("its steps are: b/00-a");
    const none = new PibuildError("IMAGE_UNKNOWN", { image: "kn86", known: [] });
    expect(renderError(none)).toMatchInlineSnapshot(`
      "error: there is no image \`kn86\`

      hint: create \`apps/<image>/image.yaml\`"
    `);
  });

  test("hosts other than Linux", () => {
    expect(rendered("ENV_NEEDS_LINUX")).toMatchInlineSnapshot(`
      "error: cleaning needs Linux, and this is Windows

      hint: run it in WSL"
    `);
    expect(rendered("PATH_FOREIGN")).toMatchInlineSnapshot(`
      "error: \`\\\\nas\\share\` is on a network share, which Docker Desktop cannot share with others

      hint: use a directory on one of this machine's own drives, such as \`C:\\\`"
    `);
    const own = new PibuildError("PATH_FOREIGN", {
      path: "/usr/bin",
      form: "git-bash",
      problem: "own-tree",
    });
    expect(renderError(own)).toMatchInlineSnapshot(`
      "error: \`/usr/bin\` lies in the directory of Git Bash itself

      hint: use a directory on one of this machine's own drives, such as \`C:\\\`"
    `);
    const missing = [{ program: "git", debianPackage: "git" }];
    const git = new PibuildError("ENV_TOOL_MISSING", { missing, platform: "darwin" });
    expect(renderError(git)).toMatchInlineSnapshot(`
      "error: missing programs: \`git\`

      hint: install it, so that PATH leads there"
    `);
  });

  test("configuration: every problem with its line and a squiggle", () => {
    expect(rendered("CONFIG_MISSING")).toMatchInlineSnapshot(`
      "error: the image's file is missing: \`apps/kn86/image.yaml\` does not exist

      hint: create \`apps/kn86/image.yaml\`, or run pibuild in the workspace that holds it"
    `);
    expect(rendered("CONFIG_INVALID")).toMatchInlineSnapshot(`
      "error: unknown key \`stagse\`
        at apps/kn86/image.yaml:3:3
             stagse: [base]
             ~~~~~~
      hint: did you mean \`stages\`?
      error: a release is needed
        at pi-gen-pin.env:1:3
           	X=
           	 ~
      error: the file is empty
        at pi-gen-pin.env"
    `);
    expect(rendered("STAGE_MISSING")).toMatchInlineSnapshot(`
      "error: apps/kn86/image.yaml:4:5: stage \`bsae\` does not exist (looked in \`stages/bsae\`, \`/pi gen/bsae\`)

      hint: check the spelling under \`stages:\`; paths are relative to the workspace"
    `);
    expect(rendered("LAYOUT_INVALID")).toMatchInlineSnapshot(`
      "error: partition \`boot\`: is 12.0 MiB, its files need 20.0 MiB

      hint: change the layout or its sizes in \`image.yaml\`"
    `);
    const whole = new PibuildError("LAYOUT_INVALID", { problem: "the disk is too small" });
    expect(whole.message).toBe("the disk is too small");
  });

  test("payloads: what is so, and what to do", () => {
    expect(rendered("PAYLOAD_REFUSED")).toMatchInlineSnapshot(`
      "error: payload \`kn86.kn86fw\` is refused (board): it is for pi4, and this is zero2w

      hint: take the payload that was built for this board"
    `);
    expect(rendered("PAYLOAD_INPUT")).toMatchInlineSnapshot(`
      "error: the root image has 5 bytes, which is no multiple of 4096

      hint: give the whole partition, as the disk's image has it"
    `);
  });

  test("environment: what is missing and how to get it", () => {
    expect(rendered("ENV_TOOL_MISSING")).toMatchInlineSnapshot(`
      "error: missing programs: \`mksquashfs\`, \`mmd\`, \`mcopy\`

      hint: run \`pibuild doctor --fix\`, or \`apt-get install mtools squashfs-tools\`"
    `);
    expect(rendered("ENV_NEEDS_ROOT")).toMatchInlineSnapshot(`
      "error: a build needs root, and \`sudo\` was not found or refused

      hint: run as root, or install sudo and allow this user to use it"
    `);
    expect(rendered("ENV_BINFMT_MISSING")).toMatchInlineSnapshot(`
      "error: this host cannot run arm64 programs: no handler is registered

      hint: run \`pibuild doctor --fix\`, or \`npx @pibuild/binfmt repair --arch arm64\` as root"
    `);
    const needsRoot = { task: "registering", command: "npx @pibuild/binfmt register" };
    expect(renderError(new PibuildError("ENV_NEEDS_ROOT", needsRoot))).toMatchInlineSnapshot(`
      "error: registering needs root

      hint: run \`npx @pibuild/binfmt register\` as root"
    `);
    expect(rendered("ENV_BINFMT_UNSUPPORTED")).toMatchInlineSnapshot(`
      "error: this kernel has no binfmt_misc, so nothing can be mounted at \`/proc/sys/fs/binfmt_misc\`

      hint: use a kernel that is built with CONFIG_BINFMT_MISC, or a machine of the architecture itself"
    `);
    expect(rendered("ENV_BINFMT_REFUSED")).toMatchInlineSnapshot(`
      "error: registering \`pibuild-arm\`: \`/proc/sys/fs/binfmt_misc/register\` cannot be changed (EROFS)

      hint: in a container, register on the machine that it runs on, or start it with --privileged"
    `);
    expect(rendered("ENV_QEMU_MISSING")).toMatchInlineSnapshot(`
      "error: \`/usr/bin/qemu-aarch64\` would look for libraries in the chroot, and no other qemu for arm64 programs is installed

      hint: run \`apt-get install qemu-user-static\` as root, or \`npx @pibuild/binfmt register --container\`"
    `);
    expect(rendered("ENV_ENGINE_UNREACHABLE")).toMatchInlineSnapshot(`
      "error: docker does not answer: Cannot connect to the Docker daemon at unix:///var/run/docker.sock.

      hint: install and start docker, until \`docker info\` works for this user"
    `);
    expect(rendered("ENV_PRIVILEGED_REFUSED")).toMatchInlineSnapshot(`
      "error: docker does not start a container with --privileged: unable to apply caps

      hint: allow it, or do without: install qemu-user-static, and run \`npx @pibuild/binfmt register\` as root"
    `);
    expect(rendered("CONTAINER_IMAGE_MISSING")).toMatchInlineSnapshot(`
      "error: podman has no image \`a/b\`, and could not fetch it: no such host

      hint: check the name and the network, or load it with \`podman load\`"
    `);
    expect(rendered("ENV_DISK_FULL")).toMatchInlineSnapshot(`
      "error: \`/var/cache\` has 1.0 GiB free, the build needs 3.0 GiB

      hint: free some space (\`pibuild clean --store\` drops unused layers), or set PIBUILD_STORE to a larger disk"
    `);
    const full = new PibuildError("ENV_DISK_FULL", { path: "/store", freeBytes: 0 });
    expect(full.message).toMatchInlineSnapshot(
      `"no room left on the filesystem of \`/store\` (0 B free)"`,
    );
    expect(rendered("ENV_UNSUPPORTED")).toMatchInlineSnapshot(`
      "error: the kernel has no overlayfs

      hint: run \`pibuild doctor\` for the details"
    `);
  });

  test("upstream", () => {
    expect(rendered("MIRROR_UNREACHABLE")).toMatchInlineSnapshot(`
      "error: mirror \`http://mirror.example.org/debian\` did not deliver: 404 for \`InRelease\`

      hint: check the network, or name another mirror with APT_MIRROR"
    `);
  });

  test("pi-gen: where it was looked for, and what names that place", () => {
    expect(rendered("PIGEN_MISSING")).toMatchInlineSnapshot(`
      "error: pi-gen \`2026-01-01-raspios-trixie-arm64\` has not been fetched: \`.pibuild/pi-gen/aaaa\` does not exist

      hint: run \`pibuild sync\`, or name a checkout with PIGEN_DIR"
    `);
    expect(rendered("PIGEN_UNREACHABLE")).toMatchInlineSnapshot(`
      "error: \`https://example.org/pi-gen\` (PI_GEN_REPO) could not be read: \`git ls-remote https://example.org/pi-gen\` exited with 128
        | fatal: unable to access 'https://example.org/pi-gen/': Could not resolve host

      hint: check the address and the network, or name a local copy with PI_GEN_SOURCE"
    `);
    expect(rendered("PIGEN_TAG_MISSING")).toMatchInlineSnapshot(`
      "error: \`/srv/pi-gen.git\` (PI_GEN_SOURCE) has no tag \`2026-01-01-raspios-trixie-arm64\`

      hint: bring that copy up to date, or unset PI_GEN_SOURCE"
    `);
    expect(rendered("PIGEN_TAG_MOVED")).toMatchInlineSnapshot(`
      "error: tag \`2026-01-01-raspios-trixie-arm64\` has moved: \`https://example.org/pi-gen\` (PI_GEN_REPO) has it at \`bbbb\`, the pin at \`aaaa\`

      hint: find out who moved it and why; to accept what it is now, change PI_GEN_COMMIT in \`pi-gen-pin.env\`"
    `);
    expect(rendered("PIGEN_INVALID")).toMatchInlineSnapshot(`
      "error: \`/srv/pi gen\` (PIGEN_DIR) is not pi-gen: it has no \`build.sh\`, \`stage0\`

      hint: let PIGEN_DIR name pi-gen's own directory"
    `);
    expect(rendered("PIGEN_MODIFIED")).toMatchInlineSnapshot(`
      "error: \`.pibuild/pi-gen/aaaa\` is not pi-gen as it was fetched: \`build.sh\`, \`stage2/SKIP\` differ from commit \`aaaa\`

      hint: to go on with the pinned one, remove \`.pibuild/pi-gen/aaaa\` and run \`pibuild sync\`; to build with the changes, move it elsewhere and name it with PIGEN_DIR"
    `);
    const changes = ["a", "b", "c", "d", "e", "f", "g"];
    const many = new PibuildError("PIGEN_MODIFIED", { ...samples.PIGEN_MODIFIED, changes });
    expect(many.message).toMatchInlineSnapshot(
      `"\`.pibuild/pi-gen/aaaa\` is not pi-gen as it was fetched: \`a\`, \`b\`, \`c\`, \`d\`, \`e\` and 2 more differ from commit \`aaaa\`"`,
    );
    const moved = new PibuildError("PIGEN_MODIFIED", { ...samples.PIGEN_MODIFIED, head: "bbbb" });
    expect(moved.message).toMatchInlineSnapshot(
      `"\`.pibuild/pi-gen/aaaa\` is not pi-gen as it was fetched: it is at commit \`bbbb\`, the pin at \`aaaa\`"`,
    );
    const none = new PibuildError("PIGEN_MODIFIED", { ...samples.PIGEN_MODIFIED, head: undefined });
    expect(none.message).toMatchInlineSnapshot(
      `"\`.pibuild/pi-gen/aaaa\` is not pi-gen as it was fetched: it is at no commit, the pin at \`aaaa\`"`,
    );
  });

  test("programs and steps: the end of what they printed", () => {
    expect(rendered("COMMAND_FAILED")).toMatchInlineSnapshot(`
      "error: \`mount -t overlay overlay '/a b'\` exited with 32
        | mount: /a b: permission denied.
        |        dmesg(1) may have more"
    `);
    expect(rendered("STEP_FAILED")).toMatchInlineSnapshot(`
      "error: step \`base/01-net\` failed in \`00-run.sh\`: \`00-run.sh\` exited with 100
        | E: Unable to locate package x
        log: .pibuild/logs/kn86/base--01-net.log

      hint: open a shell in the failed state with \`pibuild shell kn86 base/01-net\`"
    `);
  });

  test("results and signals", () => {
    expect(rendered("STEP_CHANGED")).toMatchInlineSnapshot(`
      "error: the files or settings of step \`base/01-net\` changed while it ran; its layer is not kept

      hint: run the build again"
    `);
    expect(rendered("VERIFY_FAILED")).toMatchInlineSnapshot(
      `"error: image.img: sha256 does not match"`,
    );
    expect(rendered("INTERRUPTED")).toMatchInlineSnapshot(`
      "error: stopped by SIGINT

      hint: run the same command again; it resumes at the step that was interrupted"
    `);
  });

  test("causes, from the nearest to the first", () => {
    const first = new Error("connection reset");
    const cause = new PibuildError("MIRROR_UNREACHABLE", samples.MIRROR_UNREACHABLE, {
      cause: first,
    });
    const error = new PibuildError("STEP_FAILED", samples.STEP_FAILED, { cause });
    expect(renderError(error)).toMatchInlineSnapshot(`
      "error: step \`base/01-net\` failed in \`00-run.sh\`: \`00-run.sh\` exited with 100
        Caused by: mirror \`http://mirror.example.org/debian\` did not deliver: 404 for \`InRelease\`
        Caused by: connection reset
        | E: Unable to locate package x
        log: .pibuild/logs/kn86/base--01-net.log

      hint: open a shell in the failed state with \`pibuild shell kn86 base/01-net\`"
    `);
  });

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
  const codes = Object.keys(errorCodes) as ErrorCode[];
  const table = codes.map((code) => [code, new PibuildError(code, samples[code]).exitCode]);
  expect(Object.fromEntries(table)).toMatchInlineSnapshot(`
    {
      "BUILD_TIMEOUT": 124,
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
      "ENV_DISK_FULL": 4,
      "ENV_ENGINE_UNREACHABLE": 4,
      "ENV_NEEDS_LINUX": 4,
      "ENV_NEEDS_ROOT": 4,
      "ENV_PRIVILEGED_REFUSED": 4,
      "ENV_QEMU_MISSING": 4,
      "ENV_TOOL_MISSING": 4,
      "ENV_UNSUPPORTED": 4,
      "IMAGE_UNKNOWN": 2,
      "INTERRUPTED": 130,
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
      "STAGE_MISSING": 3,
      "STEP_CHANGED": 6,
      "STEP_FAILED": 6,
      "STEP_UNKNOWN": 2,
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
