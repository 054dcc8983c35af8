import { mkdir, readFile, writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Command, createExec, isPibuildError } from "@pibuild/core";

/** A server of a measurement, on loopback, until it is disposed. */
export interface Server extends AsyncDisposable {
  readonly url: string;
}

const proxyProgram = fileURLToPath(
  new URL("../../packages/mirrors/bin/pibuild-mirrors.mjs", import.meta.url),
);
const recordMemory = fileURLToPath(new URL("record-memory.mjs", import.meta.url));

/** nginx as Debian configures it, but for what it serves: `root`. */
export async function startNginx(scratch: string, root: string): Promise<Server> {
  const port = await freePort();
  const at = join(scratch, "nginx");
  await mkdir(at);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${join(at, name)};`)
    .join(" ");
  const config = `daemon off; user root; worker_processes auto; pid ${join(at, "pid")};
events { worker_connections 768; }
http { access_log off; sendfile on; tcp_nopush on; ${temporary}
  server { listen 127.0.0.1:${port}; root ${root}; }
}
`;
  const file = join(at, "nginx.conf");
  await writeFile(file, config);
  return serve(port, { program: "nginx", args: ["-e", join(at, "error.log"), "-c", file] });
}

/** apt-cacher-ng, which keeps what it fetches in `scratch`. */
export async function startAptCacher(scratch: string): Promise<Server> {
  const port = await freePortBelow(2 ** 15);
  const at = join(scratch, "apt-cacher");
  await mkdir(at);
  const settings = [
    ...[`CacheDir=${at}`, `LogDir=${at}`, `Port=${port}`, "BindAddress=127.0.0.1"],
    ...[`SocketPath=${join(at, "socket")}`, "ForeGround=1", "ExThreshold=0"],
  ];
  return serve(port, { program: "apt-cacher-ng", args: settings });
}

/** The package proxy, which keeps packages in `directory`, and writes down its memory in `memory` as it ends. */
export async function startPackageProxy(
  directory: string,
  mirrors: readonly string[],
  memory: string,
): Promise<Server> {
  const port = await freePort();
  const options = mirrors.flatMap((mirror) => ["--mirror", mirror]);
  const where = ["--port", String(port), "--directory", directory, "--arch", "amd64"];
  return serve(port, {
    program: "node",
    args: [`--import=${recordMemory}`, proxyProgram, "serve", ...where, ...options],
    env: { PIBUILD_BENCH_MEMORY: memory, HOME: process.env.HOME ?? "/root" },
  });
}

/** The most memory that a program took whose end was written down, in MiB. */
export async function peakMemory(memory: string): Promise<number> {
  const lines = (await readFile(memory, "utf8")).trim().split("\n");
  return Math.round(Math.max(...lines.map((line) => Number.parseInt(line, 10))) / 1024);
}

async function serve(port: number, command: Command): Promise<Server> {
  const abort = new AbortController();
  let failure: unknown;
  const ended = createExec({ signal: abort.signal })
    .run(command)
    .then(
      () => {
        failure = new Error(`${command.program} ended`);
      },
      (error: unknown) => {
        failure = error;
      },
    );
  while (!(await accepts(port))) {
    if (failure !== undefined) throw failure;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      abort.abort("SIGTERM");
      await ended;
      if (!isPibuildError(failure, "INTERRUPTED")) throw failure;
    },
  };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const end = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.on("connect", () => end(true));
    socket.on("error", () => end(false));
  });
}

/** apt-cacher-ng 3.7 takes a port for a signed number of 16 bits. */
async function freePortBelow(end: number): Promise<number> {
  for (let port = 20_000; port < end; port++) if (!(await accepts(port))) return port;
  throw new Error(`no port below ${end} is free`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
