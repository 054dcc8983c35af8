import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type CommandResult, createExec, findProgram, ownMounts } from "@pibuild/core";
import { createRig, needs, type Rig } from "@pibuild/test-kit";
import { expect, test } from "vitest";

const cli = fileURLToPath(new URL("../bin/pibuild.mjs", import.meta.url));

/** A rig with an image, and a stand-in for Docker that answers `info` so. */
async function withDocker(info: string): Promise<Rig & { readonly env: Record<string, string> }> {
  const rig = await createRig();
  await rig.write({
    "apps/pi/image.yaml": "stages: [stages/one]\n",
    "stages/one/.keep": "",
    "stages/export/.keep": "",
    "stages/partitions/.keep": "",
    "docker.sh": `#!/bin/sh\n${info}\n`,
  });
  return Object.assign(rig, { env: { PIBUILD_TOOL_DOCKER: join(rig.path, "docker.sh") } });
}

const container = ["build", "pi", "--venue", "container", "--container-engine", "docker"];
const server = (more: object) =>
  `echo '${JSON.stringify({ ServerVersion: "28", MemTotal: 2 ** 40, ...more })}'`;

test("a daemon that is not there is one error, at once, that says so", async () => {
  await using rig = await withDocker(
    "echo '{}'; echo 'Cannot connect to the Docker daemon' >&2; exit 1",
  );
  const { exitCode, stderr } = await rig.pibuild(container, rig.env);
  expect(exitCode).toBe(4);
  expect(stderr.replace(/^outage written down: .*\n/, "")).toMatchInlineSnapshot(`
    "error: docker does not answer: Cannot connect to the Docker daemon

    hint: install and start docker, until \`docker info\` works for this user"
  `);
});

test.for(["docker", "podman"])("a machine without %s is told what to install", async (engine) => {
  await using rig = await withDocker("exit 1");
  const nowhere = { PIBUILD_TOOL_DOCKER: "/nowhere", PIBUILD_TOOL_PODMAN: "/nowhere" };
  for (const choice of [[], ["--container-engine", engine]]) {
    const args = ["build", "pi", "--venue", "container", ...choice];
    const { exitCode, stderr } = await rig.pibuild(args, nowhere);
    expect(exitCode).toBe(4);
    expect(stderr).toContain(engine);
    expect(stderr).toContain("hint: install");
  }
});

test("a virtual machine with too little memory is refused before anything is built", async () => {
  await using rig = await withDocker(server({ MemTotal: 2 ** 30 }));
  const { exitCode, stderr } = await rig.pibuild(container, rig.env);
  expect(exitCode).toBe(4);
  expect(stderr).toMatchInlineSnapshot(`
    "error: \`docker\` has 1.0 GiB of memory, a build needs 1.8 GiB

    hint: give its virtual machine more memory (Docker Desktop: Settings, Resources; Podman: \`podman machine set --memory\`)"
  `);
});

test("an engine without root is refused", async () => {
  await using rig = await withDocker(server({ SecurityOptions: ["name=rootless"] }));
  const { exitCode, stderr } = await rig.pibuild(container, rig.env);
  expect(exitCode).toBe(4);
  expect(stderr).toContain("error: `docker` runs without root, but steps need root");
});

test("one standard output is not for two documents", async () => {
  await using rig = await withDocker("exit 1");
  const { exitCode, stderr } = await rig.pibuild(["build", "pi", "--json", "--events"]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("--json and --events both want standard output");
});

test("a venue that is not known is wrong usage", async () => {
  await using rig = await withDocker("exit 1");
  const { exitCode, stderr } = await rig.pibuild(["build", "pi", "--venue", "contianer"]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("did you mean `container`?");
});

/** Runs the command line where the machine has no quilt. */
async function withoutQuilt(
  rig: Awaited<ReturnType<typeof withDocker>>,
  ...args: readonly string[]
): Promise<CommandResult> {
  const hide = 'mount --bind /dev/null "$0" && exec "$@"';
  return createExec().run({
    program: "unshare",
    args: [
      ...ownMounts,
      ...["bash", "-c", hide, findProgram("quilt") ?? ""],
      ...[process.execPath, cli, ...args],
    ],
    cwd: rig.path,
    env: { ...rig.env, PIBUILD_TOOL_PODMAN: rig.env.PIBUILD_TOOL_DOCKER ?? "", NO_COLOR: "1" },
    allowExit: [0, 4],
  });
}

const hides = needs("own mount namespace", "quilt");

hides(
  "each venue that is passed over is named with its reason, and again where none is left",
  async () => {
    await using rig = await withDocker("echo 'it sleeps' >&2; exit 1");
    const { exitCode, stderr } = await withoutQuilt(rig, "build", "pi");
    expect(exitCode).toBe(4);
    expect(stderr).toMatchInlineSnapshot(`
      "passed  native: missing programs: \`quilt\`
      passed  docker: docker does not answer: it sleeps
      passed  podman: podman does not answer: it sleeps
      error: this machine can run steps nowhere:
        native: missing programs: \`quilt\`
        docker: docker does not answer: it sleeps
        podman: podman does not answer: it sleeps

      hint: run \`pibuild doctor --fix\`, or \`apt-get install quilt\`"
    `);
  },
);

hides(
  "a plan where no venue can serve is this machine's own, and says nothing of venues",
  async () => {
    await using rig = await withDocker("exit 1");
    const { stderr, stdout } = await withoutQuilt(rig, "plan", "pi");
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^disk +run +never built$/m);
  },
);
