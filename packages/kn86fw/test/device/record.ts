import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { type CommandResult, createExec } from "@pibuild/core";
import { type Operation, type Role, roles } from "../crash/operation.ts";
import { deviceNode, type Machine, updater } from "./machine.ts";

/** The calls that change files, or that make changes last. */
const changing = [
  ...["open", "openat", "creat", "write", "pwrite64", "writev", "pwritev", "pwritev2", "lseek"],
  ...[
    "fsync",
    "fdatasync",
    "sync",
    "syncfs",
    "sync_file_range",
    "truncate",
    "ftruncate",
    "fallocate",
  ],
  ...["copy_file_range", "sendfile", "splice", "mmap", "ioctl", "rename", "renameat", "renameat2"],
  ...["unlink", "unlinkat", "link", "linkat", "symlink", "symlinkat", "mkdir", "mkdirat", "rmdir"],
  "execve",
];
/** Those of them that may happen to what is watched; any other is an error of the recorder. */
const harmless = ["ioctl", "open", "execve"];

/** Runs the updater under strace, and returns how it ended and what it did. */
export async function recordUpdate(
  machine: Machine,
  args: readonly string[],
  program = updater,
): Promise<{ result: CommandResult; log: Operation[] }> {
  const trace = machine.path("trace");
  const options = [
    "-f",
    "-y",
    "-xx",
    "-s",
    "8388608",
    "-o",
    trace,
    "-e",
    `trace=${changing.join()}`,
  ];
  const result = await createExec().run({
    program: "strace",
    args: [...options, "--", program, ...args],
    env: { KN86_ROOT: machine.root, PATH: `${machine.root}/bin:${process.env.PATH}` },
    allowExit: Array.from({ length: 256 }, (_, code) => code),
  });
  return { result, log: readTrace(await readFile(trace, "latin1"), machine) };
}

/** Reads what strace wrote; throws for a change to something watched that it does not understand. */
export function readTrace(trace: string, machine: Pick<Machine, "root">): Operation[] {
  const log: Operation[] = [];
  const positions = new Map<string, number>();
  for (const call of wholeCalls(trace)) {
    if (call.result < 0) continue;
    const operation = toOperation(call, watcher(machine.root), positions);
    if (operation !== undefined) log.push(operation);
  }
  return log;
}

interface Call {
  readonly process: string;
  readonly name: string;
  readonly args: string;
  readonly result: number;
}

/** The calls in the order in which they returned; one that others interrupted is put together again. */
function* wholeCalls(trace: string): Generator<Call> {
  const begun = new Map<string, string>();
  for (const line of trace.split("\n")) {
    const [, process = "", rest = ""] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (rest.endsWith("<unfinished ...>")) {
      begun.set(process, rest.slice(0, -"<unfinished ...>".length));
      continue;
    }
    const whole = rest.replace(/^<\.\.\. \w+ resumed>/, () => begun.get(process) ?? "");
    const [, name, args, result] = /^(\w+)\((.*)\) += (-?\d+)/.exec(whole) ?? [];
    if (name === undefined || args === undefined) continue;
    yield { process, name, args, result: Number(result) };
  }
}

type Watched = { device: Role } | { file: string };

/** What of the machine a path is, if it is watched. */
function watcher(root: string): (path: string) => Watched | undefined {
  const devices = new Map(roles.map((role) => [deviceNode(role), role]));
  return (path) => {
    const name = relative(root, path);
    const device = devices.get(name);
    if (device !== undefined) return { device };
    const [, file] = /^home\/shared(?:\/(.*))?$/.exec(name) ?? [undefined, undefined];
    return name.startsWith("home/shared") ? { file: file ?? "" } : undefined;
  };
}

function toOperation(
  call: Call,
  watched: ReturnType<typeof watcher>,
  positions: Map<string, number>,
): Operation | undefined {
  const { process, name, args, result } = call;
  const strings = [...args.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, hex]) => decode(hex));
  const path = decode(/^\d+<((?:\\x[0-9a-f]{2})*)>/.exec(args)?.[1]).toString();
  const paths = strings.map((text) => text.toString());
  if (name === "execve") {
    const [program = "", , argument = ""] = paths;
    return program.endsWith("/bin/reboot") ? { op: "reboot", argument } : undefined;
  }
  const named = paths.map(watched).find((one) => one !== undefined);
  if (name === "openat") {
    if (named === undefined || !/O_WRONLY|O_RDWR/.test(args)) return undefined;
    positions.set(`${process} ${paths[0]}`, 0);
    if ("file" in named && /O_CREAT/.test(args)) return { op: "create", file: named.file };
    if (/O_TRUNC|O_APPEND|O_CREAT/.test(args)) throw unknown(call);
    return undefined;
  }
  const target = path === "" ? named : watched(path);
  if (target === undefined) {
    if (name === "sync" || name === "syncfs") throw unknown(call);
    return undefined;
  }
  const key = `${process} ${path}`;
  if (name === "lseek") {
    positions.set(key, result);
    return undefined;
  }
  if (name === "write") {
    const offset = positions.get(key);
    if (offset === undefined) throw unknown(call);
    positions.set(key, offset + result);
    const data = (strings[0] ?? Buffer.alloc(0)).subarray(0, result);
    if (data.length !== result) throw unknown(call);
    if ("device" in target) return { op: "write", device: target.device, offset, data };
    return { op: "write-file", file: target.file, data };
  }
  if (name === "fsync" || name === "fdatasync") {
    if ("device" in target) return { op: "flush", device: target.device };
    return { op: "flush-file", file: target.file };
  }
  if ("file" in target) {
    if (/^rename/.test(name)) {
      const to = watched(paths[1] ?? "");
      if (to !== undefined && "file" in to) return { op: "rename", file: target.file, to: to.file };
    }
    if (/^unlink/.test(name)) return { op: "remove", file: target.file };
    if (/^mkdir/.test(name)) return { op: "make-directory", file: target.file };
  }
  if (name === "mmap" && !/MAP_SHARED/.test(args)) return undefined;
  if (harmless.includes(name)) return undefined;
  throw unknown(call);
}

function decode(hex = ""): Buffer {
  return Buffer.from(hex.replaceAll("\\x", ""), "hex");
}

function unknown({ name, args }: Call): Error {
  return new Error(`the recorder does not know what this changes: ${name}(${args.slice(0, 300)})`);
}
