import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import {
  acquireLock,
  type CommandResult,
  createExec,
  programs,
  programsFor,
  removeTree,
  sha256,
} from "@pibuild/core";

/** A container engine of a test's own, which has `debian:bookworm` and whatever pibuild made of it before. */
export interface EngineRig extends AsyncDisposable {
  /** What makes pibuild, and the engine's own client, use this one. */
  readonly env: Readonly<Record<string, string>>;
  call(...args: readonly string[]): Promise<CommandResult>;
  /** Removes pibuild's volume, so that a test begins with an empty store. */
  dropVolume(): Promise<void>;
  /** The directory of pibuild's volume. */
  volume(): Promise<string>;
}

/** Kept between runs: what takes minutes to make. */
const cache = join(
  process.env.XDG_CACHE_HOME || join(process.env.HOME || homedir(), ".cache"),
  "pibuild",
  "test",
);

/** Podman insists on the directory that its images were first used with. */
const podmanRun = "/run/pibuild-test-podman";

/** Left to pibuild to install. */
const leftOut = ["mtools", "quilt"];

const reference = "debian:bookworm";

/** Starts a Docker engine on a socket of its own. No bridge: where there is none, none can be made. */
export async function startDocker(): Promise<EngineRig> {
  const run = await mkdtemp("/tmp/pibuild-docker-");
  const socket = `unix://${join(run, "docker.sock")}`;
  const lock = await acquireLock(join(cache, "docker.lock"));
  const abort = new AbortController();
  const lines: string[] = [];
  const daemon = createExec({ signal: abort.signal })
    .run({
      program: "dockerd",
      args: [
        ...["--host", socket, "--bridge=none", "--iptables=false"],
        ...["--data-root", join(cache, "docker"), "--exec-root", join(run, "exec")],
        ...["--pidfile", join(run, "pid")],
      ],
      onLine: (line) => lines.push(line),
    })
    .then(
      () => false,
      () => false,
    );
  const env = { DOCKER_HOST: socket };
  const stop = async () => {
    abort.abort("SIGTERM");
    await daemon;
    await lock[Symbol.asyncDispose]();
    await removeTree(run);
  };
  try {
    for (;;) {
      const up = await Promise.race([daemon, answers("docker", env)]);
      if (up === true) break;
      if (up === false) throw new Error(`dockerd did not start: ${lines.slice(-3).join("\n")}`);
    }
    return await rigOf("docker", env, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A Podman that keeps its images and containers to itself. */
export async function startPodman(): Promise<EngineRig> {
  const run = await mkdtemp("/tmp/pibuild-podman-");
  const lock = await acquireLock(join(cache, "podman.lock"));
  // What is mounted there was so in a namespace that is gone.
  await removeTree(podmanRun);
  // It remembers what made its networks on the day of its first image: that may be installed no more.
  await rm(join(cache, "podman", "defaultNetworkBackend"), { force: true });
  const wrapper = join(run, "podman");
  const podman = (await createExec().run({ program: "bash", args: ["-c", "command -v podman"] }))
    .stdout;
  await writeFile(
    wrapper,
    `#!/bin/sh\nexec ${podman} --root "${join(cache, "podman")}" --runroot ${podmanRun} --tmpdir ${podmanRun}/tmp "$@"\n`,
  );
  await chmod(wrapper, 0o755);
  const settings = join(run, "containers.conf");
  // Neither systemd nor raised limits are needed so.
  await writeFile(
    settings,
    '[containers]\ndefault_ulimits = ["nofile=1024:4096", "nproc=1024:4096"]\n[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\nruntime = "runc"\n',
  );
  const env = { PIBUILD_TOOL_PODMAN: wrapper, CONTAINERS_CONF: settings };
  process.env.PIBUILD_TOOL_PODMAN = wrapper;
  const stop = async () => {
    await lock[Symbol.asyncDispose]();
    await removeTree(run);
  };
  try {
    return await rigOf("podman", env, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function rigOf(
  name: "docker" | "podman",
  own: Readonly<Record<string, string>>,
  stop: () => Promise<void>,
): Promise<EngineRig> {
  const env = {
    ...networkVariables(),
    ...own,
    PIBUILD_CONTAINER_ENGINE: name,
    PIBUILD_CACHE: cache,
  };
  const call = (...args: readonly string[]) =>
    createExec().run({ program: name, args, env, allowExit: [1, 125] });
  if ((await call("image", "inspect", reference)).exitCode !== 0) {
    await call("import", await baseArchive(), reference);
  }
  // What a test that was killed left.
  for (const id of (await call("ps", "--all", "--quiet")).stdout.split("\n").filter(Boolean)) {
    await call("rm", "--force", id);
  }
  await call("run", "--rm", "--network", "host", reference, "true").then(({ exitCode, stderr }) => {
    if (exitCode !== 0) throw new Error(stderr);
  });
  return {
    env,
    call,
    async dropVolume() {
      await call("volume", "rm", "--force", "pibuild-cache");
    },
    async volume() {
      return (await call("volume", "inspect", "--format", "{{.Mountpoint}}", "pibuild-cache"))
        .stdout;
    },
    [Symbol.asyncDispose]: stop,
  };
}

/** How this machine reaches packages: npm brings Node.js for a container. */
function networkVariables(): Record<string, string> {
  const named = /^(?:NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|npm_config_.*|(?:https?|all|no)_proxy)$/i;
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      named.test(name) && value !== undefined ? [[name, value]] : [],
    ),
  );
}

async function answers(name: "docker", env: Record<string, string>): Promise<true | undefined> {
  const { exitCode } = await createExec().run({
    program: name,
    args: ["version", "--format", "{{.Server.Version}}"],
    env,
    allowExit: [1],
  });
  if (exitCode === 0) return true;
  return undefined;
}

/** A tree of Debian as an archive, made once. It has most of what steps need, so that tests are quick. */
async function baseArchive(): Promise<string> {
  const names = (["steps", "disk", "emulation", "upstream"] as const).flatMap((purpose) =>
    programsFor(purpose),
  );
  const packages = [...new Set(names.map((program) => programs[program].debianPackage))]
    .filter((program) => !leftOut.includes(program))
    .sort();
  const path = join(cache, `bookworm-${sha256(packages.join(" ")).slice(0, 12)}.tar`);
  await mkdir(cache, { recursive: true });
  await using _lock = await acquireLock(`${path}.lock`);
  if (existsSync(path)) return path;
  const args = ["--variant=apt", "--format=tar", `--include=${packages.join(",")}`, "bookworm"];
  await createExec().run({ program: "mmdebstrap", args: [...args, `${path}.new`] });
  await rename(`${path}.new`, path);
  return path;
}
