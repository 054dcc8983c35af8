import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec, isPibuildError } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { containerStatus, registerInContainer } from "../src/index.ts";
import { scenario } from "./namespace/in-namespace.ts";
import { standInImage as image } from "./stand-in-image/build-image.ts";

const exec = createExec();
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "pibuild engine-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true });
});

/** Podman starts a dozen containers. */
const limitMs = 400_000;
const inPodman = needs(
  ...(["root", "Linux 6.7", "podman", "musl-gcc", "unshare"] as const),
  ...(["qemu-aarch64-static", "qemu-arm-static"] as const),
);

inPodman(
  "podman registers, repairs and takes back, by a privileged container",
  async ({ skip }) => {
    const seen = await scenario("podman");
    if (seen.why !== undefined) return skip(seen.why);
    const both = ["linux/amd64", "linux/arm64"];
    expect(seen).toMatchObject({
      before: { engine: "podman", supported: ["linux/amd64"], emulators: [] },
      registered: { supported: both, emulators: ["qemu-aarch64"] },
      status: { state: "usable", handler: { name: "qemu-aarch64", flags: "OCF" } },
      exitCode: 42,
      again: { supported: both },
      undone: [{ arch: "arm64", what: "removed", name: "qemu-aarch64" }],
      left: ["status"],
      wrong: {
        code: "ENV_BINFMT_MISSING",
        message: expect.stringContaining("arm qemu-arm already registered"),
        hint: "run `npx @pibuild/binfmt repair --container --arch arm`",
      },
      repaired: { supported: [...both, "linux/arm/v7"] },
      armExitCode: 42,
      rest: [{ name: "qemu-aarch64" }, { name: "qemu-arm" }],
      end: ["status"],
    });
  },
  limitMs,
);

inPodman(
  "what a rootless podman registers for itself alone is no success",
  async ({ skip }) => {
    const seen = await scenario("rootlessPodman", { mounted: false });
    if (seen.why !== undefined) return skip(seen.why);
    expect(seen).toMatchObject({
      forgotten: {
        code: "ENV_BINFMT_MISSING",
        message: expect.stringContaining("registered was gone when its container ended"),
        hint: expect.stringContaining("an engine that runs as root"),
      },
      missing: {
        code: "CONTAINER_IMAGE_MISSING",
        message: expect.stringMatching(
          /^podman has no image `localhost\/none` and could not fetch/,
        ),
      },
    });
  },
  limitMs,
);

needs("docker")("a docker without its daemon is told at once", async () => {
  const env = { DOCKER_HOST: `unix://${directory}/none.sock` };
  expect(await failure({ engine: "docker", env })).toMatchObject({
    code: "ENV_ENGINE_UNREACHABLE",
    message: expect.stringMatching(/^docker does not answer: Cannot connect .*none\.sock/),
  });
});

test("no engine at all, and one that is asked for and not there", async () => {
  const none = join(directory, "none");
  vi.stubEnv("PIBUILD_TOOL_DOCKER", none);
  vi.stubEnv("PIBUILD_TOOL_PODMAN", none);
  expect(await failure({ engine: "podman" })).toMatchObject({
    code: "ENV_ENGINE_UNREACHABLE",
    message: "podman does not answer: it is not installed",
  });
  expect(await failure({})).toMatchObject({
    message: "docker does not answer: neither it nor podman is installed",
  });
});

test("an engine that refuses --privileged", async () => {
  // What docker 20.10 said where its daemon lacks rights itself.
  await engineThat(`
    case "$*" in *--privileged*) ;; *) exit 0 ;; esac
    echo "docker: Error response from daemon: failed to create shim task: unable to apply caps: operation not permitted: unknown." >&2
    echo >&2; echo "Run 'docker run --help' for more information" >&2
    exit 125`);
  expect(await failure({ engine: "docker" })).toMatchObject({
    code: "ENV_PRIVILEGED_REFUSED",
    message: expect.stringMatching(/^docker does not start .* unable to apply caps: operation/),
  });
});

test("an image that does not start, with or without rights", async () => {
  await engineThat(
    "echo 'docker: Error response from daemon: No command specified.' >&2; exit 125",
  );
  await expect(containerStatus(exec, { engine: "docker", image })).rejects.toMatchObject({
    code: "ENV_UNSUPPORTED",
    message: expect.stringMatching(/^docker cannot start image .*: .* No command specified/),
  });
});

test("an image that cannot mount, and one that is something else", async () => {
  await engineThat("echo 'error: cannot mount binfmt_misc: operation not permitted' >&2");
  expect(await failure({ engine: "docker" })).toMatchObject({
    code: "ENV_BINFMT_REFUSED",
    message: expect.stringContaining("cannot mount binfmt_misc: operation not permitted"),
  });
  await engineThat('echo "[1]"');
  expect(await failure({ engine: "docker" })).toMatchObject({
    code: "ENV_BINFMT_REFUSED",
    message: expect.stringContaining("gave no report"),
  });
});

test("nothing is registered where containers run the programs already", async () => {
  await engineThat(`
    [ $# -eq 6 ] || exit 1
    echo '{"supported": ["linux/amd64", "linux/arm64", "linux/arm/v6"], "emulators": null}'`);
  const journal = join(directory, "journal.json");
  const options = { engine: "docker", image, journal } as const;
  expect(await registerInContainer(["arm64", "arm"], exec, options)).toMatchObject({
    emulators: [],
  });
});

/** Stands for an engine that answers, has the image, and runs containers as the script says. */
async function engineThat(run: string): Promise<void> {
  const program = join(directory, "engine");
  const info = `echo '{"ServerVersion": "29.1.0"}'`;
  const script = `#!/bin/sh\ncase $1 in info) ${info}; exit ;; run) ;; *) exit ;; esac\n${run}\n`;
  await writeFile(program, script, { mode: 0o755 });
  vi.stubEnv("PIBUILD_TOOL_DOCKER", program);
}

async function failure(options: Parameters<typeof containerStatus>[1]) {
  try {
    await containerStatus(exec, { image, ...options });
  } catch (error) {
    if (
      isPibuildError(error, "ENV_ENGINE_UNREACHABLE") ||
      isPibuildError(error, "ENV_PRIVILEGED_REFUSED") ||
      isPibuildError(error, "ENV_BINFMT_REFUSED")
    ) {
      return error;
    }
    throw error;
  }
  throw new Error("no error");
}
