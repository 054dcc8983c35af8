import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec, removeTree } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { expect, onTestFinished, test } from "vitest";
import { compileNosh, standIns } from "../stand-ins.ts";
import { flashStart, rp2350Arm, writeUf2 } from "../uf2.ts";

const inputs = join(import.meta.dirname, "../../../apps/kn86/inputs");
const exec = createExec();

async function scratch(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "kn86 "));
  onTestFinished(() => removeTree(directory));
  return directory;
}

/** Runs an arm64 program in a directory, with nothing on standard input. */
async function runs(program: string, cwd: string, ...args: readonly string[]) {
  const { exitCode, stdout } = await exec.run({
    program: "qemu-aarch64-static",
    args: [program, ...args],
    cwd,
    allowExit: [1],
  });
  return { exitCode, stdout };
}

const emulated = needs("aarch64-linux-gnu-gcc", "qemu-aarch64-static", "tar");

emulated("the stand-in for nOSh is what its source compiles to, and runs", async () => {
  const directory = await scratch();
  const compiled = join(directory, "nosh");
  await compileNosh(exec, compiled);
  for (const program of [compiled, join(inputs, "nosh")]) {
    expect(await runs(program, directory, "--version")).toEqual({
      exitCode: 0,
      stdout: "nosh 0 (a stand-in)",
    });
    expect((await runs(program, directory, "--check")).exitCode).toBe(1);
    expect((await runs(program, directory)).stdout).toContain("assets/banner.txt cannot be read");
  }
  await mkdir(join(directory, "assets"));
  await exec.run({
    program: "tar",
    args: ["-xf", join(inputs, "nosh-assets.tar"), "-C", join(directory, "assets")],
  });
  expect((await runs(compiled, directory, "--check")).exitCode).toBe(0);
  const gcc = await exec.run({ program: "aarch64-linux-gnu-gcc", args: ["-dumpfullversion"] });
  // Another version of the compiler may put the same program into other bytes.
  if (gcc.stdout.startsWith("12.2.")) {
    expect(await readFile(compiled)).toEqual(await readFile(join(inputs, "nosh")));
  }
});

emulated("it shows its banner and stays until it is told to end", async () => {
  const directory = await scratch();
  await mkdir(join(directory, "assets"));
  await writeFile(join(directory, "assets/banner.txt"), "a banner\n");
  const stop = new AbortController();
  const lines: string[] = [];
  const running = createExec({ signal: stop.signal }).run({
    program: "qemu-aarch64-static",
    args: [join(inputs, "nosh")],
    cwd: directory,
    onLine: (line) => {
      lines.push(line);
      stop.abort();
    },
  });
  await expect(running).rejects.toMatchObject({ code: "INTERRUPTED" });
  expect(lines).toEqual(["a banner"]);
});

needs("tar")("the other stand-ins are what the tool makes, byte by byte", async () => {
  for (const [name, bytes] of Object.entries(await standIns(exec))) {
    expect(Buffer.compare(await readFile(join(inputs, name)), bytes), name).toBe(0);
  }
});

test("a firmware becomes blocks that a boot ROM of the RP2350 takes", () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, index) => index & 0xff);
  const file = Buffer.from(writeUf2({ address: flashStart, family: rp2350Arm, bytes }));
  expect(file.length).toBe(1024);
  const words = (block: number) =>
    Array.from({ length: 8 }, (_, word) => file.readUInt32LE(block * 512 + word * 4));
  expect(file.subarray(0, 4).toString("latin1")).toBe("UF2\n");
  expect(words(0)).toEqual([
    ...[0x0a324655, 0x9e5d5157, 0x2000, 0x10000000, 256, 0, 2, 0xe48bff59],
  ]);
  expect(words(1).slice(3, 7)).toEqual([0x10000100, 256, 1, 2]);
  for (const block of [0, 1]) expect(file.readUInt32LE(block * 512 + 508)).toBe(0x0ab16f30);
  expect(file.subarray(32, 288)).toEqual(Buffer.from(bytes.subarray(0, 256)));
  expect(file.subarray(512 + 32, 512 + 32 + 44)).toEqual(Buffer.from(bytes.subarray(256)));
  expect(file.subarray(512 + 32 + 44, 512 + 508).every((byte) => byte === 0)).toBe(true);
});
