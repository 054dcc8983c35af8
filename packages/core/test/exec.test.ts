import { chmod, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PibuildError } from "../src/errors/pibuild-error.ts";
import { renderError } from "../src/errors/render.ts";
import type { EventBody } from "../src/events/event.ts";
import type { Command } from "../src/exec/command.ts";
import { createExec } from "../src/exec/create-exec.ts";
import { findCommand, findProgram, missingPrograms } from "../src/exec/find-program.ts";
import { type ProgramName, programs } from "../src/exec/programs.ts";
import { startTime } from "../src/resources/processes.ts";
import { createRedactor } from "../src/text/redact.ts";
import { runScript, until } from "./processes.ts";
import { type Scratch, scratch } from "./scratch.ts";

let rig: Scratch;
beforeEach(async () => {
  rig = await scratch();
});
afterEach(async () => {
  await rig[Symbol.asyncDispose]();
});

const exec = createExec();
const bash = (script: string, ...args: string[]): Pick<Command, "program" | "args"> => ({
  program: "bash",
  args: ["-c", script, "bash", ...args],
});
const failure = async (promise: Promise<unknown>): Promise<PibuildError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof PibuildError) return error;
  throw new Error(`not a PibuildError: ${String(error)}`);
};

describe("what a program gets", () => {
  test("its arguments are no shell's", async () => {
    const args = ["$HOME", "a b", "*", "'", '"', "`id`", "; id", "", "\\", "line\nend", "ü"];
    const { stdout } = await exec.run(bash('printf "%s\\0" "$@"', ...args));
    expect(stdout.split("\0")).toEqual([...args, ""]);
  });

  test("its environment is fixed, and nothing of the caller's comes through", async () => {
    process.env.PIBUILD_CANARY = "seen";
    try {
      const { stdout } = await exec.run({
        program: "cat",
        args: ["/proc/self/environ"],
        env: { EXTRA: "1" },
      });
      const entries = stdout.split("\0").filter((entry) => entry !== "");
      expect(entries.map((entry) => entry.split("=")[0]).sort()).toEqual([
        ...["EXTRA", "HOME", "LANG", "PATH", "TERM", "TZ"],
      ]);
      expect(entries).toContain("LANG=C.UTF-8");
      expect(entries).toContain("TZ=UTC");
    } finally {
      delete process.env.PIBUILD_CANARY;
    }
  });

  test("the administration directories are on its PATH, the caller's come first", async () => {
    const { stdout } = await exec.run(bash('echo "$PATH"'));
    const own = (process.env.PATH ?? "").split(":").filter((entry) => entry !== "");
    expect(stdout.split(":").slice(0, own.length)).toEqual([...new Set(own)]);
    expect(stdout.split(":")).toContain("/usr/sbin");
  });

  test("its standard input is closed, or what the command says", async () => {
    expect((await exec.run({ program: "cat", args: [] })).stdout).toBe("");
    expect((await exec.run({ program: "cat", args: [], input: "text ü" })).stdout).toBe("text ü");
    const input = Uint8Array.from([0x61, 0x00, 0x62]);
    expect((await exec.run({ program: "cat", args: [], input })).stdout).toBe("a\0b");
  });

  test("its directory", async () => {
    expect((await exec.run({ ...bash("pwd"), cwd: rig.path })).stdout).toBe(rig.path);
  });
});

describe("what a caller gets", () => {
  test("both streams apart, without the last line end", async () => {
    const result = await exec.run(bash("echo out; echo err >&2"));
    expect(result).toMatchObject({ exitCode: 0, stdout: "out", stderr: "err" });
    expect(result.durationMs).toBeGreaterThan(0);
  });

  test("an exit code is a failure, unless the command allows it", async () => {
    expect(await exec.run({ ...bash("exit 3"), allowExit: [3] })).toMatchObject({ exitCode: 3 });
    const error = await failure(exec.run({ ...bash("exit 4"), allowExit: [3], cwd: rig.path }));
    expect(error.code).toBe("COMMAND_FAILED");
    expect(error.data).toEqual({
      command: "bash -c 'exit 4' bash",
      exitCode: 4,
      cwd: rig.path,
      tail: [],
    });
  });

  test("a signal is a failure, whatever codes are allowed", async () => {
    const error = await failure(exec.run({ ...bash("kill -KILL $$"), allowExit: [0, 137] }));
    expect(error).toMatchObject({ code: "COMMAND_FAILED", data: { signal: "SIGKILL" } });
    expect(error.message).toBe("`bash -c 'kill -KILL $$' bash` was killed by SIGKILL");
  });

  test("an error has the last twenty lines of both streams", async () => {
    const error = await failure(
      exec.run(bash("for i in {1..29}; do echo $i; done; exec 1>&-; echo 30 >&2; exit 1")),
    );
    const last = Array.from({ length: 20 }, (_, index) => String(index + 11));
    expect(error.data).toMatchObject({ tail: last });
  });

  test("each line as it comes", async () => {
    const lines: string[] = [];
    await exec.run({
      ...bash("echo a; echo b >&2; echo >&2; echo c"),
      onLine: (line) => lines.push(line),
    });
    expect(lines.sort()).toEqual(["", "a", "b", "c"]);
  });

  test("a directory that is not there is a failure that says so", async () => {
    const cwd = join(rig.path, "nowhere");
    const error = await failure(exec.run({ ...bash("true"), cwd }));
    expect(error.message).toBe("`bash -c true bash` could not be started");
    expect(String((error.cause as Error).message)).toContain(cwd);
  });

  test("arguments that the kernel refuses are a failure like others", async () => {
    const error = await failure(exec.run(bash("true", "x".repeat(4 * 1024 * 1024))));
    expect(error.code).toBe("COMMAND_FAILED");
    expect(error.message).toMatch(/could not be started$/);
    expect(String((error.cause as Error).message)).toContain("E2BIG");
  });
});

describe("the log file", () => {
  test("gets everything, after what it held", async () => {
    const logFile = join(rig.path, "a log");
    await writeFile(logFile, "before\n");
    const script = "for i in {1..2000}; do echo $i; done; exec 1>&-; echo end >&2";
    const { stdout } = await exec.run({ ...bash(script), logFile });
    expect(stdout).toBe("");
    const lines = (await readFile(logFile, "utf8")).split("\n");
    expect(lines).toEqual([
      "before",
      ...Array.from({ length: 2000 }, (_, index) => String(index + 1)),
      "end",
      "",
    ]);
  });

  test("is complete also when the program fails", async () => {
    const logFile = join(rig.path, "log");
    const error = await failure(exec.run({ ...bash("echo why; exit 1"), logFile }));
    expect(error.data).toMatchObject({ tail: ["why"] });
    expect(await readFile(logFile, "utf8")).toBe("why\n");
  });

  test("that cannot be opened is an error before the program starts", async () => {
    const mark = join(rig.path, "started");
    const logFile = join(rig.path, "nowhere", "log");
    await expect(exec.run({ ...bash('echo > "$1"', mark), logFile })).rejects.toThrow("ENOENT");
    await expect(readFile(mark)).rejects.toThrow("ENOENT");
  });
});

describe("what others may see", () => {
  test("control characters and terminal escapes are gone from log, events and error", async () => {
    const events: EventBody[] = [];
    const logFile = join(rig.path, "log");
    const script =
      "printf '\\033[1;31mred\\033[0m\\a \\033]0;title\\a\\033(Btab\\there\\177\\302\\233'; exit 1";
    const error = await failure(
      createExec({ emit: (event) => events.push(event) }).run({ ...bash(script), logFile }),
    );
    const clean = "red tab\there";
    expect(error.data).toMatchObject({ tail: [clean] });
    expect(events).toContainEqual({ type: "command-output", line: clean });
    expect(await readFile(logFile, "utf8")).toBe(`${clean}\n`);
  });

  test("secrets are gone from log, events, error and command line", async () => {
    const secrets = ["s3cret", "it's quoted", "first line\nsecond line"];
    const events: EventBody[] = [];
    const lines: string[] = [];
    const logFile = join(rig.path, "log");
    const seam = createExec({
      emit: (event) => events.push(event),
      redact: createRedactor(secrets),
    });
    // The escape inside the secret must not hide it: it is dropped before the line is shown.
    const script =
      "printf '%s\\n' \"$@\" https://user:pa@ss@host/x; printf 's3\\033[0mcret\\n'; exit 1";
    const onLine = (line: string) => lines.push(line);
    const error = await failure(seam.run({ ...bash(script, ...secrets), logFile, onLine }));
    const everything = [
      JSON.stringify(events),
      JSON.stringify(error.data),
      error.message,
      lines.join("\n"),
      await readFile(logFile, "utf8"),
    ];
    expect(lines).toEqual(["***", "***", "***", "***", "https://***@host/x", "***"]);
    for (const text of everything) {
      expect(text).toContain("***");
      expect(text).not.toMatch(/s3cret|it.*s quoted|first line|second line|pa@ss/);
    }
  });

  test("secrets are gone from the reason why a program could not be started", async () => {
    const seam = createExec({ redact: createRedactor(["s3cret"]) });
    const error = await failure(seam.run(bash("true", "s3cret", "x".repeat(4 * 1024 * 1024))));
    expect(renderError(error)).toContain("Caused by: spawn E2BIG");
    expect(inspect(error, { depth: 9 })).not.toContain("s3cret");
  });

  test("what a caller reads is what the program wrote", async () => {
    const seam = createExec({ redact: createRedactor(["s3cret"]) });
    expect((await seam.run(bash("printf 's3cret\\033'"))).stdout).toBe("s3cret\u001b");
  });

  test("a run is a start, its lines and an end", async () => {
    const events: EventBody[] = [];
    const seam = createExec({ emit: (event) => events.push(event) });
    await seam.run({ ...bash("echo line; exit 2"), allowExit: [2] });
    const command = "bash -c 'echo line; exit 2' bash";
    expect(events).toEqual([
      { type: "command-started", command },
      { type: "command-output", line: "line" },
      { type: "command-finished", command, exitCode: 2, durationMs: expect.any(Number) },
    ]);
  });

  test("a quiet trial shows nobody why it failed, and its error tells", async () => {
    const events: EventBody[] = [];
    const seam = createExec({ emit: (event) => events.push(event) });
    const error = await seam.run({ ...bash("echo refused; exit 1"), quiet: true }).catch((e) => e);
    expect(error.data.tail).toEqual(["refused"]);
    expect(events.map(({ type }) => type)).not.toContain("command-output");
  });
});

describe("programs that are not there", () => {
  const withPath = async (path: string, body: () => Promise<void>) => {
    const before = process.env.PATH;
    process.env.PATH = path;
    try {
      await body();
    } finally {
      process.env.PATH = before;
    }
  };

  test("are named with their Debian package", async ({ skip }) => {
    const [program] = missingPrograms(Object.keys(programs) as ProgramName[]);
    if (program === undefined) return skip("this host has every program");
    const { debianPackage } = programs[program];
    const error = await failure(exec.run({ program, args: [] }));
    expect(error).toMatchObject({
      code: "ENV_TOOL_MISSING",
      data: { missing: [{ program, debianPackage }] },
    });
  });

  test("a file that is not executable, and a directory, are no programs", async () => {
    await writeFile(join(rig.path, "id"), "#!/bin/sh\necho fake\n");
    await mkdir(join(rig.path, "cat"));
    await withPath(rig.path, async () => {
      expect((await exec.run({ program: "id", args: ["-u"] })).stdout).toMatch(/^\d+$/);
      expect((await exec.run({ program: "cat", args: [] })).stdout).toBe("");
    });
  });

  test("the caller's PATH comes before the system's", async () => {
    await writeFile(join(rig.path, "id"), "#!/bin/sh\necho fake\n");
    await chmod(join(rig.path, "id"), 0o755);
    await withPath(rig.path, async () => {
      expect((await exec.run({ program: "id", args: [] })).stdout).toBe("fake");
    });
  });

  test("on Windows a command's file may end with .exe", async () => {
    await writeFile(join(rig.path, "docker-x.exe"), "", { mode: 0o755 });
    const env = { PATH: rig.path };
    expect(findCommand("docker-x", env, "win32")).toBe(join(rig.path, "docker-x.exe"));
    expect(findCommand("docker-x", env, "linux")).toBeUndefined();
  });

  test("PIBUILD_TOOL_<NAME> comes before every PATH", async () => {
    const tool = join(rig.path, "my tool");
    await symlink("/bin/echo", tool);
    const env = { PIBUILD_TOOL_QEMU_AARCH64_STATIC: tool, PIBUILD_TOOL_FSCK_EXT4: "" };
    expect(findProgram("qemu-aarch64-static", env)).toBe(tool);
    expect(findProgram("fsck.ext4", env)).toBe(findProgram("fsck.ext4", {}));
    process.env.PIBUILD_TOOL_ID = tool;
    try {
      expect((await exec.run({ program: "id", args: ["said"] })).stdout).toBe("said");
    } finally {
      delete process.env.PIBUILD_TOOL_ID;
    }
  });
});

describe("an end from outside", () => {
  /** A script that starts a child which never ends by itself, and says its pid. */
  const parentOfChild = '(trap "" HUP; read -r line < "$1") & echo $!; wait';
  const fifo = async () => {
    const path = join(rig.path, "fifo");
    await exec.run(bash('mkfifo "$1"', path));
    return path;
  };

  test("an abort ends a program with all its children", async () => {
    const abort = new AbortController();
    let child = 0;
    const run = createExec({ signal: abort.signal }).run({
      ...bash(parentOfChild, await fifo()),
      onLine: (line) => {
        child = Number(line);
        abort.abort("SIGTERM");
      },
    });
    const error = await failure(run);
    expect(error).toMatchObject({
      code: "INTERRUPTED",
      data: { signal: "SIGTERM" },
      exitCode: 143,
    });
    expect(child).toBeGreaterThan(1);
    await until(async () => (await startTime(child)) === undefined);
  });

  test("a program that does not listen is killed after a while", async () => {
    const abort = new AbortController();
    const run = createExec({ signal: abort.signal }).run({
      ...bash('trap "" TERM; echo ready; read -r line < "$1"', await fifo()),
      killGraceMs: 200,
      onLine: () => abort.abort("SIGINT"),
    });
    expect((await failure(run)).code).toBe("INTERRUPTED");
  });

  test("after an abort nothing starts", async () => {
    const mark = join(rig.path, "mark");
    const seam = createExec({ signal: AbortSignal.abort("SIGINT") });
    const run = seam.run(bash('read -r line < "$1"; echo > "$2"', await fifo(), mark));
    expect((await failure(run)).code).toBe("INTERRUPTED");
    await expect(readFile(mark)).rejects.toThrow("ENOENT");
  });

  test("a program dies with the process that started it, also by SIGKILL", async () => {
    const pids: number[] = [];
    const error = await failure(
      runScript("run-child", [await fifo()], (line) => {
        pids.push(Number(line));
        if (pids[0] !== undefined && pids.length === 2) process.kill(pids[0], "SIGKILL");
      }),
    );
    expect(error.data).toMatchObject({ signal: "SIGKILL" });
    const child = pids[1] ?? 0;
    expect(child).toBeGreaterThan(1);
    await until(async () => (await startTime(child)) === undefined);
  });
});
