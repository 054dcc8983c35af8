import { once } from "node:events";
import { cp, mkdir, mkdtemp, readFile, realpath, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { createExec, removeTree } from "@pibuild/core";
import type { CliResult } from "@pibuild/test-kit";

/** The built command line with Windows's Node.js, under wine, and with this machine's git. */
export interface WindowsRig extends AsyncDisposable {
  /** Where the packages of the command line are, as `npm install` would lay them out. */
  readonly modules: string;
  pibuild(
    args: readonly string[],
    cwd: string,
    env?: Readonly<Record<string, string>>,
  ): Promise<CliResult>;
  /** Runs a script. */
  node(
    args: readonly string[],
    cwd: string,
    env?: Readonly<Record<string, string>>,
  ): Promise<CliResult>;
}

const cli = fileURLToPath(new URL("..", import.meta.url));
const anyExit = Array.from({ length: 256 }, (_, code) => code);
const exec = createExec();

/** A path of this machine as wine's programs see it. */
export function windowsPath(path: string): string {
  return `Z:${path.replaceAll("/", "\\")}`;
}

/** Makes a rig with a Windows of its own, which takes wine half a minute. */
export async function createWindowsRig(): Promise<WindowsRig> {
  // Without a space: wine's cmd.exe finds no script behind one.
  const directory = await mkdtemp("/var/tmp/pibuild-windows-");
  const modules = join(directory, "app", "node_modules");
  await copyPackage(cli, join(modules, "pibuild"));
  await copyDependencies(cli, modules);
  const server = await serveGit();
  await writeGitCommand(directory, (server.address() as AddressInfo).port);
  const wineEnvironment = {
    WINEPREFIX: join(directory, "prefix"),
    WINEDEBUG: "-all",
    // What wine would otherwise ask to download.
    WINEDLLOVERRIDES: "mscoree,mshtml=",
    XDG_RUNTIME_DIR: directory,
    PIBUILD_CACHE: windowsPath(join(directory, "cache")),
    PIBUILD_TOOL_GIT: windowsPath(join(directory, "git.cmd")),
    NO_COLOR: "1",
  };
  let runs = 0;
  const node: WindowsRig["node"] = async (args, cwd, env = {}) => {
    const output = join(directory, `run-${runs++}`);
    const { exitCode } = await exec.run({
      program: "bash",
      // Node.js takes a pipe of Linux for none of Windows's, but a file for a file.
      args: [
        ...["-c", 'output=$1; shift; exec "$@" >"$output.out" 2>"$output.err"', "bash", output],
        ...[wine(), process.env.PIBUILD_TEST_NODE_EXE ?? "", ...args],
      ],
      cwd,
      env: { ...wineEnvironment, ...env },
      allowExit: anyExit,
    });
    const stdout = await readFile(`${output}.out`, "utf8");
    const stderr = await readFile(`${output}.err`, "utf8");
    return { exitCode, stdout, stderr };
  };
  // The first program finds its Windows being made, and says so.
  await node(["--version"], directory);
  return {
    modules,
    node,
    pibuild: (args, cwd, env) =>
      node([windowsPath(join(modules, "pibuild/bin/pibuild.mjs")), ...args], cwd, env),
    async [Symbol.asyncDispose]() {
      server.close();
      const args = ["wineboot", "--kill"];
      await exec.run({ program: "wine", args, env: wineEnvironment, allowExit: anyExit });
      await removeTree(directory);
    },
  };
}

function wine(): string {
  return process.env.PIBUILD_TOOL_WINE ?? "wine";
}

/** wine shows Linux's symlinks as what is behind them, so pnpm's links lead nowhere from there. */
async function copyDependencies(from: string, modules: string, done = new Set<string>()) {
  const manifest = JSON.parse(await readFile(join(from, "package.json"), "utf8"));
  // Nx is started and never imported, and is most of what there is.
  for (const name of Object.keys(manifest.dependencies ?? {}).filter((name) => name !== "nx")) {
    if (done.has(name)) continue;
    done.add(name);
    const real = await findPackage(from, name);
    await copyPackage(real, join(modules, name));
    await copyDependencies(real, modules, done);
  }
}

async function findPackage(from: string, name: string): Promise<string> {
  const found = await realpath(join(from, "node_modules", name)).catch(() => undefined);
  return found ?? findPackage(dirname(from), name);
}

async function copyPackage(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const skipped = ["node_modules", "src", "test", "native"].map((name) => join(from, name));
  await cp(from, to, { recursive: true, filter: (path) => !skipped.includes(path) });
}

/** A `git` of Windows's kind that has this machine's do the work. */
async function writeGitCommand(directory: string, port: number): Promise<void> {
  const script = `
    import { connect } from "node:net";
    import { text } from "node:stream/consumers";
    const socket = connect(${port}, "127.0.0.1");
    socket.end(JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd() }));
    const { exitCode, stdout, stderr } = JSON.parse(await text(socket));
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    process.exitCode = exitCode;`;
  const node = windowsPath(process.env.PIBUILD_TEST_NODE_EXE ?? "");
  await writeFile(join(directory, "git.mjs"), script);
  await writeFile(join(directory, "git.cmd"), `@"${node}" "%~dp0git.mjs" %*\r\n`);
}

async function serveGit() {
  const here = (path: string) => path.replaceAll(/Z:[\\/]/gi, "/").replaceAll("\\", "/");
  const server = createServer({ allowHalfOpen: true }, async (socket) => {
    const { args, cwd } = JSON.parse(await text(socket));
    const { exitCode, stdout, stderr } = await exec.run({
      program: "git",
      args: args.map(here),
      cwd: here(cwd),
      allowExit: anyExit,
    });
    socket.end(JSON.stringify({ exitCode, stdout, stderr }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}
