import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createExec, findProgram } from "@pibuild/core";
import { elfPatterns } from "../src/foreign-arch.ts";
import { binfmtStatus, ownHandlerName, registerBinfmt } from "../src/index.ts";
import { registerLine } from "../src/register-line.ts";

/*
 * Runs as root of its own user namespace, which has a binfmt_misc of its own (Linux 6.7): nothing
 * here reaches the host's handlers. Prints what it saw as JSON.
 */

/** The smallest arm64 program: exit(42). */
function exit42(): Buffer {
  const program = Buffer.alloc(132);
  Buffer.from("7f454c46020101", "hex").copy(program);
  program.writeUInt16LE(2, 16); // fixed address
  program.writeUInt16LE(0xb7, 18); // AArch64
  program.writeUInt32LE(1, 20);
  program.writeBigUInt64LE(0x400078n, 24); // entry
  program.writeBigUInt64LE(64n, 32); // program headers
  program.writeUInt16LE(64, 52);
  program.writeUInt16LE(56, 54);
  program.writeUInt16LE(1, 56);
  program.writeUInt32LE(1, 64); // PT_LOAD
  program.writeUInt32LE(5, 68); // readable, executable
  program.writeBigUInt64LE(0x400000n, 80);
  program.writeBigUInt64LE(0x400000n, 88);
  program.writeBigUInt64LE(132n, 96);
  program.writeBigUInt64LE(132n, 104);
  program.writeBigUInt64LE(0x10000n, 112);
  program.writeUInt32LE(0xd2800540, 120); // mov x0, #42
  program.writeUInt32LE(0xd2800ba8, 124); // mov x8, #93 (exit)
  program.writeUInt32LE(0xd4000001, 128); // svc #0
  return program;
}

const exec = createExec();
const root = process.argv[2] ?? "";
const directory = join(root, "misc");
await mkdir(directory);
await writeFile(join(root, "program"), exit42());
await chmod(join(root, "program"), 0o755);
const entry = join(directory, ownHandlerName);
const options = { directory, hostArch: "x64" };
const run = async () => {
  const result = await exec.run({
    program: "chroot",
    args: [root, "/program"],
    allowExit: [42, 125, 126, 127],
  });
  return result.exitCode;
};
const seen: Record<string, unknown> = {};
seen.before = (await binfmtStatus("arm64", options)).state;
seen.registered = await registerBinfmt("arm64", exec, options);
seen.entry = await readFile(entry, "utf8");
seen.exitCode = await run();
seen.again = (await registerBinfmt("arm64", exec, options)).state;

/** A handler that somebody else, or an older pibuild, might have registered. */
const register = (name: string, interpreter: string, flags: string) =>
  writeFile(
    join(directory, "register"),
    registerLine({ name, ...elfPatterns.arm64, interpreter, flags }),
  );

await writeFile(entry, "-1");
await register("foreign", findProgram("qemu-aarch64-static") ?? "", "F");
await writeFile(join(directory, "foreign"), "0");
seen.off = (await binfmtStatus("arm64", options)).state;
seen.offExitCode = await run();
seen.on = await registerBinfmt("arm64", exec, options);
await writeFile(join(directory, "foreign"), "-1");

await register(ownHandlerName, "/nowhere/qemu", "");
seen.broken = (await binfmtStatus("arm64", options)).state;
seen.brokenExitCode = await run();
seen.mended = (await registerBinfmt("arm64", exec, options)).state;
seen.mendedExitCode = await run();
await exec.run({ program: "umount", args: [directory] });
process.stdout.write(JSON.stringify(seen));
