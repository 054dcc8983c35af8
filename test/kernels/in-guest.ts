import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createExec, isPibuildError } from "@pibuild/core";
import { changedTraces, hostTraces } from "@pibuild/test-kit";
import { guestPaths, shortWord, signs } from "./guest-paths.ts";

/*
 * What a guest does, started by its systemd: commands of pibuild, and after each the question
 * whether the machine is as it was. Every line for the proof begins with KERNEL.
 */
const { workspace, store, cache } = guestPaths;
const cli = join(guestPaths.repository, "apps/cli/bin/pibuild.mjs");
const console = "/dev/ttyS0";
const env = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  PIBUILD_STORE: store,
  PIBUILD_CACHE: cache,
  NO_COLOR: "1",
};

function tell(what: string, value: unknown): void {
  appendFileSync(console, `\nKERNEL ${JSON.stringify({ what, value })}\n`);
}

interface Ended {
  readonly status: number;
  readonly said: string;
}

const exec = createExec();
/** Layers are common; a user has a cache of one's own. */
const homeOf = (user: string) => ({
  HOME: `/home/${user}`,
  PIBUILD_CACHE: `/home/${user}/.cache/pibuild`,
});
const anyExit = Array.from({ length: 256 }, (_, code) => code);

/** Runs the command line as root, or as a user who has sudo. */
async function pibuild(
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
  user = "root",
): Promise<Ended> {
  const as = user === "root" ? [] : ["runuser", "-u", user, "--"];
  const started = performance.now();
  const { exitCode, stdout, stderr } = await exec.run({
    ...{ program: "setpriv", args: [...as, process.execPath, cli, ...args] },
    ...{ cwd: workspace, allowExit: anyExit },
    env: { ...env, ...(user === "root" ? { HOME: "/root" } : homeOf(user)), ...more },
  });
  const seconds = Math.round((performance.now() - started) / 1000);
  const end = exitCode === 0 ? "" : `${stdout}${stderr}`.trimEnd().replaceAll(/^/gm, "  | ");
  appendFileSync(
    console,
    `pibuild ${args.join(" ")} (${user}): ${exitCode} in ${seconds} s\n${end}\n`,
  );
  return { status: exitCode, said: stdout + stderr };
}

/** Does something and tells what it left: an empty list, where the machine is as it was. */
async function leavesNothing(what: string, work: () => unknown): Promise<void> {
  const before = hostTraces();
  const value = await work();
  let left = changedTraces(before, hostTraces()).filter(isPibuilds);
  // What a killed build started needs a moment to end.
  for (let tries = 0; left.length > 0 && tries < 120; tries++) {
    await delay(1000);
    left = changedTraces(before, hostTraces()).filter(isPibuilds);
  }
  tell(what, { value, left });
}

/**
 * systemd and udev come and go by themselves, and the kernel keeps the nodes of loop devices that are free
 * again; /run/pibuild is the empty place of mounts, and stays.
 */
function isPibuilds(line: string): boolean {
  if (/^\+ files: \/dev\/(?:loop|block\/7:)\d+$/.test(line)) return false;
  const systems =
    /systemd|udev|diskseq|agetty|cron|dbus|journal|\/run\/(?:mount|sudo|log|user|utmp)/;
  return line !== "+ files: /run/pibuild" && !systems.test(line);
}

/** The digest of each layer of an image, by its step. */
function layersOf(image: string): Record<string, string> {
  const directory = join(store, "latest", image);
  return Object.fromEntries(
    readdirSync(directory)
      .sort()
      .map((name) => JSON.parse(readFileSync(join(directory, name), "utf8")))
      .map(({ step, layer }) => [step, layer.digest]),
  );
}

/** Makes the store forget what an image's own steps left. */
function forget(image: string): void {
  for (const name of readdirSync(join(store, "latest", image))) {
    const { step, fingerprint } = JSON.parse(
      readFileSync(join(store, "latest", image, name), "utf8"),
    );
    if (!step.startsWith("tiny/"))
      rmSync(join(store, "records", fingerprint.slice(0, 2), `${fingerprint}.json`), {
        force: true,
      });
  }
}

async function killed(signal: NodeJS.Signals): Promise<string> {
  rmSync(signs, { recursive: true, force: true });
  mkdirSync(signs);
  const script = `echo $$ >${signs}/pid; exec "$@"`;
  const building = exec.run({
    program: "bash",
    args: ["-c", script, "bash", process.execPath, cli, "build", "gated", "--target", "gated"],
    ...{ cwd: workspace, env: { ...env, HOME: "/root" }, allowExit: anyExit },
  });
  let ended: string | undefined;
  building.then(
    ({ exitCode, stderr }) => {
      ended = `ended by itself with ${exitCode}: ${stderr}`;
    },
    (error: unknown) => {
      if (isPibuildError(error, "COMMAND_FAILED")) ended = "killed";
      else throw error;
    },
  );
  while (!existsSync(join(signs, "running"))) {
    if (ended !== undefined) return ended;
    await delay(200);
  }
  process.kill(Number(readFileSync(join(signs, "pid"), "utf8")), signal);
  while (ended === undefined) await delay(200);
  return signal === "SIGKILL" ? ended : "killed";
}

const build = async (image: string, more?: Readonly<Record<string, string>>, user?: string) =>
  (await pibuild(["build", image, "--target", image], more, user)).status;

tell("kernel", readFileSync("/proc/sys/kernel/osrelease", "utf8").trim());
const root = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
tell("root", root.find((line) => line.split(" ")[4] === "/")?.includes("shared:"));
await pibuild(["doctor", "--fix"]);
for (const round of ["doctor", "doctor again"])
  await leavesNothing(round, async () => {
    const { said } = await pibuild(["doctor"]);
    // The minute may be the next, and the log of the machine grows.
    return said
      .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d|[\d.]+ [GM]iB free|\d+ free/g, "-")
      .split("\n");
  });
await leavesNothing("doctor as a user", async () => (await pibuild(["doctor"], {}, "pi")).status);
await leavesNothing("build", () => build("work"));
tell("layers", layersOf("work"));
await leavesNothing("no-op", () => build("work"));
forget("work");
await leavesNothing("build without the twin", () => build("work", { PIBUILD_TWIN: "0" }));
tell("layers without the twin", layersOf("work"));
forget("work");
await leavesNothing("build as a user", () => build("work", {}, "pi"));
tell("layers as a user", layersOf("work"));
const asUser = [
  ...[["plan", "work"], ["why", "work", "work/00-awkward"], ["lint"], ["config", "schema"]],
  ...[["inspect", "nothing.img"], ["sync"], ["pin", "check"], ["clean", "work"]],
];
await leavesNothing("every other command as a user", async () => {
  for (const args of asUser) await pibuild(args, {}, "pi");
});
for (const signal of ["SIGKILL", "SIGTERM"] as const)
  await leavesNothing(`build, ${signal}`, () => killed(signal));
// What depends on the kernel least, and takes longest, runs with one of them.
if (!readFileSync("/proc/cmdline", "utf8").includes(shortWord)) {
  await leavesNothing("without user namespaces", async () => {
    const limit = "/proc/sys/user/max_user_namespaces";
    const before = readFileSync(limit, "utf8");
    writeFileSync(limit, "0");
    const { status, said } = await pibuild(["doctor", "work"]);
    forget("work");
    const built = await build("work");
    writeFileSync(limit, before);
    return { doctor: status, built, twin: /^\w+ +twin +(.*)$/m.exec(said)?.[1] };
  });
  await leavesNothing("chain of 60 steps", () => build("chain"));
  tell("layers of the chain", Object.keys(layersOf("chain")).length);

  await leavesNothing("two builds in shared mode, and a container beside them", async () => {
    forget("work");
    let done = false;
    const builds = Promise.all(
      ["work", "second"].map((image) => build(image, { PIBUILD_TWIN: "shared" })),
    ).finally(() => {
      done = true;
    });
    const machines = new Set<string>();
    while (!done) {
      const script = "uname -m; exec /bin/true";
      const { stdout, exitCode } = await exec.run({
        ...{ program: "chroot", args: [join(guestPaths.tree, "rootfs"), "/bin/sh", "-c", script] },
        allowExit: anyExit,
      });
      machines.add(`${stdout.trim()} ${exitCode}`);
      await delay(200);
    }
    return { builds: await builds, machines: [...machines] };
  });
  tell("layers of two at once", [layersOf("work"), layersOf("second")]);
}
await leavesNothing("clean", async () => (await pibuild(["clean", "--store"])).status);
tell(
  "blobs after clean",
  existsSync(join(store, "blobs")) ? readdirSync(join(store, "blobs")) : [],
);
writeFileSync(console, "\nKERNEL done\n", { flag: "a" });
