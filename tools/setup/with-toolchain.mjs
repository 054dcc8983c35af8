// Runs a command of this workspace on a machine that has nothing but Node.js (20 or newer) and
// git: brings Node 24 and pnpm 12 where they are older, installs, builds, and asks `pibuild
// doctor` for the missing Debian packages. What is there already is skipped. Plain JavaScript
// without dependencies, because it runs before any are installed.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");
const state = join(root, ".pibuild", "setup");
const cache =
  process.env.PIBUILD_CACHE ||
  join(process.env.XDG_CACHE_HOME || join(process.env.HOME || homedir(), ".cache"), "pibuild");
const ownMounts = ["--mount", "--propagation", "private"];
const pibuild = join(root, "apps", "cli", "bin", "pibuild.mjs");

/** Whether there is setpriv(1); not known before it is needed. */
let setpriv;

const commands = {
  // The caller may be anywhere, and names paths from there; the workspace is this one.
  pibuild: (args) =>
    runLast("node", [pibuild, ...args], {
      PIBUILD_WORKSPACE: root,
      PIBUILD_CALLED_AS: calledAs(),
      PIBUILD_OWNER: [process.pid, ...watched.map(({ pid }) => pid)].map(named).join(","),
    }),
  check: () =>
    run("biome", ["check", "."]) ||
    run("tsc", ["--project", root]) ||
    run("depcruise", [
      ...["--config", ".dependency-cruiser.mjs", "--output-type", "err-long"],
      ...["packages/*/src", "apps/cli/src"],
    ]) ||
    run("node", [
      "--conditions=@pibuild/source",
      join(root, "tools/generate/generate.ts"),
      "--check",
    ]) ||
    run("node", [pibuild, "lint"]) ||
    run("shellcheck", ["--external-sources", "--severity=warning", ...shellScripts()]),
  test: (args) => runLast("node", [join(root, "tools", "test", "run-tests.ts"), ...args]),
  proof: (args) => runLast("node", [join(root, "tools", "test", "proof", "proof.ts"), ...args]),
  conformance: (args) =>
    runLast("unshare", [
      ...[...ownMounts, "node"],
      ...[join(root, "tools", "conformance", "conformance.ts"), ...args],
    ]),
  bench: (args) => runLast("node", [join(root, "tools", "bench", "bench.ts"), ...args]),
};

const [name, ...args] = [...process.argv.slice(2), ...passedArguments()];
const onWindows = process.platform === "win32";
const watched = owners();
const isTerminal = process.stderr.isTTY === true && process.env.TERM !== "dumb" && !process.env.CI;
if (Number.parseInt(process.versions.node, 10) < 20)
  fail(`Node.js 20 or newer is needed, this is ${process.versions.node}`);
const command = commands[name];
if (command === undefined)
  fail(`unknown command ${name}; it is one of ${Object.keys(commands).join(", ")}`);
// What a person sees until something else is said: the set-up asks other programs first.
if (isTerminal) process.stderr.write("checking the set-up\r");
useToolchain();
process.env.PATH = `${join(root, "node_modules", ".bin")}${delimiter}${process.env.PATH}`;
once("install", ["pnpm-lock.yaml", "pnpm-workspace.yaml", ...manifests()], () =>
  must("pnpm", ["install", "--frozen-lockfile"]),
);
once(
  "build",
  ["pnpm-lock.yaml", "tsconfig.base.json", ...buildConfigs(), ...manifests(), ...sources()],
  () => logged("building pibuild", "build", "pnpm", ["run", "--silent", "build"]),
);
prepareHost();
buildNative();
// What was killed meanwhile begins no build.
eraseLine();
process.exitCode = watched.every(lives) ? await command(args) : 129;

/** PowerShell 5 would lose quotes and empty arguments on a command line; `pibuild.ps1` passes them so. */
function passedArguments() {
  const passed = process.env.PIBUILD_ARGUMENTS;
  delete process.env.PIBUILD_ARGUMENTS;
  return passed === undefined ? [] : JSON.parse(passed);
}

/**
 * What doctor can install and register: a build cannot do without it; tests skip by the name of
 * what is missing. Nothing that takes time: builds that are up to date come through here as well.
 */
function prepareHost() {
  if (process.platform !== "linux") return;
  const mendable = "root,programs,binfmt,pi-gen-programs";
  const doctor = [pibuild, "doctor", "--fix", "--quiet", "--native", "--only", mendable];
  if (name === "pibuild" && ["build", "shell"].includes(args[0])) must("node", doctor);
  if (["test", "check", "proof"].includes(name)) run("node", [...doctor, "--tests"]);
  // Doctor looks there for what build.sh wants installed.
  const checkout = args.indexOf("--pi-gen") + 1;
  if (name === "conformance" && checkout > 0 && args[checkout] !== undefined)
    process.env.PIGEN_DIR = resolve(args[checkout]);
  if (name === "bench" || name === "conformance") must("node", [...doctor, "--tests"]);
}

/** Programs in C, which could not be built before there was a compiler. */
function buildNative() {
  const native = `packages/binfmt-${process.platform}-${process.arch}`;
  if (!existsSync(join(root, native)) || existsSync(join(root, native, "dist", "twin"))) return;
  must("pnpm", ["--silent", "--dir", join(root, native), "run", "build"]);
}

/** Puts Node 24 and pnpm 12 first on PATH: the machine's own, those of an earlier call, or npm's. */
function useToolchain() {
  if (version("node") >= 24.11 && version("pnpm") >= 12) return;
  const file = join(cache, "toolchain");
  let bin = existsSync(file) ? readFileSync(file, "utf8") : "";
  if (!existsSync(join(bin, "node")) || !existsSync(join(bin, "pnpm"))) {
    eraseLine();
    process.stderr.write("bringing Node.js 24 and pnpm 12 with npx\n");
    const print = "process.stdout.write(process.env.PATH)";
    const [program, ...script] = npxCommand();
    const npx = spawnSync(
      program,
      [...script, "-y", "-p", "node@24", "-p", "pnpm@12", "node", "-e", print],
      { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
    );
    bin =
      (npx.stdout ?? "").split(delimiter).find((entry) => existsSync(join(entry, "pnpm"))) ?? "";
    if (npx.status !== 0 || bin === "") fail("npx could not bring Node.js 24 and pnpm 12");
    mkdirSync(cache, { recursive: true });
    writeFileSync(file, bin);
  }
  // Windows starts programs and no scripts, and in `.bin` it has scripts alone.
  const programs = onWindows ? [join(bin, "..", "node", "bin"), join(bin, "..", "pnpm")] : [];
  process.env.PATH = [...programs, bin, process.env.PATH].join(delimiter);
}

/** npx is one of those scripts on Windows; what it starts lies beside Node.js. */
function npxCommand() {
  const npm = join(dirname(process.execPath), "node_modules", "npm", "bin");
  return onWindows ? [process.execPath, join(npm, "npx-cli.js")] : ["npx"];
}

/** Does something unless it was done with these files as they are. */
function once(what, files, work) {
  const hash = createHash("sha256").update(
    `${process.version} ${process.platform} ${process.arch}`,
  );
  for (const file of files) hash.update(file).update(readFileSync(join(root, file)));
  const digest = hash.digest("hex");
  const stamp = join(state, what);
  const done = existsSync(stamp) && readFileSync(stamp, "utf8") === digest;
  const present =
    existsSync(join(root, "node_modules")) &&
    (what !== "build" || packageDirectories().every(isBuilt));
  if (done && present) return;
  work();
  mkdirSync(state, { recursive: true });
  writeFileSync(stamp, digest);
}

function packageDirectories() {
  return ["packages", "apps", "tools"].flatMap((parent) =>
    readdirSync(join(root, parent))
      .map((entry) => join(parent, entry))
      .filter((path) => existsSync(join(root, path, "package.json"))),
  );
}

function isBuilt(path) {
  const { scripts } = JSON.parse(readFileSync(join(root, path, "package.json"), "utf8"));
  return scripts?.build === undefined || existsSync(join(root, path, "dist"));
}

function manifests() {
  return ["package.json", ...packageDirectories().map((path) => join(path, "package.json"))];
}

function buildConfigs() {
  return [".", ...packageDirectories()]
    .map((path) => join(path, "tsup.config.ts"))
    .concat(join("tools", "build", "licences.ts"))
    .filter((path) => existsSync(join(root, path)));
}

function sources() {
  return packageDirectories()
    .flatMap((path) => [join(path, "src"), join(path, "native")])
    .filter((path) => existsSync(join(root, path)))
    .flatMap((path) =>
      readdirSync(join(root, path), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath.slice(root.length + 1), entry.name)),
    )
    .sort();
}

function shellScripts() {
  const below = ["stages", "packages/pigen-runner/scripts", "tools/ci"].flatMap((directory) =>
    readdirSync(join(root, directory), { recursive: true }).map((name) => join(directory, name)),
  );
  const entries = [".ci/run", "pibuild", "tools/sd-provision/build-image.sh"];
  return [...entries, ...below.filter((name) => name.endsWith(".sh"))].map((name) =>
    join(root, name),
  );
}

function version(program) {
  const { stdout } = spawnSync(program, ["--version"], { encoding: "utf8" });
  const [major, minor = "0"] = (stdout ?? "").replace(/^v/, "").split(".");
  return Number(`${Number.parseInt(major, 10) || 0}.${minor.padStart(2, "0")}`);
}

function run(program, parameters, stdio = "inherit") {
  const { status, signal } = spawnSync(...dying(program, parameters), { stdio, cwd: root });
  return status ?? (signal === "SIGINT" ? 130 : 1);
}

/** The processes of a package manager that runs this one: npm, and a shell that it may have in between. */
function owners() {
  if (process.env.npm_lifecycle_event === undefined || onWindows) return [];
  const parent = stat(process.ppid);
  const pids = ["sh", "dash", "bash"].includes(parent.name)
    ? [process.ppid, parent.ppid]
    : [process.ppid];
  return pids.map((pid) => ({ pid, started: stat(pid).started }));
}

function lives({ pid, started }) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
  return stat(pid).started === started;
}

/** As PIBUILD_OWNER has it, see apps/cli/src/privilege/owner.ts. */
function named(pid) {
  return `${pid} ${stat(pid).started}`;
}

/** Of proc_pid_stat(5); what stands in parentheses may hold spaces. */
function stat(pid) {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return { name: "", ppid: 0, started: "unknown" };
  const text = readFileSync(file, "utf8");
  const end = text.lastIndexOf(")");
  const fields = text.slice(end + 2).split(" ");
  return {
    name: text.slice(text.indexOf("(") + 1, end),
    ppid: Number(fields[1]),
    started: fields[19],
  };
}

/** A program that ends with this process, however that ends, where the system can do it. */
function dying(program, parameters) {
  setpriv ??=
    process.platform === "linux" &&
    spawnSync("setpriv", ["--help"], { stdio: "ignore" }).status === 0;
  return setpriv
    ? ["setpriv", ["--pdeathsig", "TERM", program, ...parameters]]
    : [program, parameters];
}

/** The command itself, where the caller is: signals that only this process got are handed on. */
function runLast(program, parameters, env = {}) {
  const child = spawn(...dying(program, parameters), {
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  const watch = setInterval(() => {
    if (!watched.every(lives)) child.kill("SIGTERM");
  }, 500);
  watch.unref();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
    process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.on("exit", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 143)));
  });
}

/** What has to be done first. Standard output is the command's own, for programs and pipes. */
function must(program, parameters) {
  eraseLine();
  const status = run(program, parameters, ["inherit", process.stderr.fd, "inherit"]);
  if (status !== 0) process.exit(status);
}

/** The same, of which only what it is for is said; all else, which is long, goes to a log. */
function logged(what, log, program, parameters) {
  eraseLine();
  mkdirSync(state, { recursive: true });
  const file = join(state, `${log}.log`);
  process.stderr.write(`${what}\n`);
  const output = openSync(file, "w");
  const status = run(program, parameters, ["ignore", output, output]);
  closeSync(output);
  if (status === 0) return;
  process.stderr.write(readFileSync(file));
  process.exit(status);
}

/** How the caller would call pibuild again. */
function calledAs() {
  if (process.env.npm_lifecycle_event === "pibuild") return "npm run pibuild --";
  return process.env.PIBUILD_CALLED_AS || (onWindows ? ".\\pibuild.ps1" : "./pibuild");
}

/** Takes back what says that the set-up is checked. */
function eraseLine() {
  if (isTerminal) process.stderr.write("\u001b[2K");
}

function fail(message) {
  eraseLine();
  process.stderr.write(`error: ${message}\n`);
  process.exit(4);
}
