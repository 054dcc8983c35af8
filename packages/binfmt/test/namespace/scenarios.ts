import { existsSync } from "node:fs";
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PibuildError } from "@pibuild/core";
import fc from "fast-check";
import { elfPatterns } from "../../src/foreign-arch.ts";
import {
  containerStatus,
  persistBinfmt,
  registerBinfmt,
  registerInContainer,
  repairBinfmt,
  undoBinfmt,
} from "../../src/index.ts";
import { journalPath, readChanges } from "../../src/journal.ts";
import { binfmtDirectory, readHandlers } from "../../src/kernel/read-handlers.ts";
import { registerLine } from "../../src/kernel/register-line.ts";
import { kernelFlags, registrations } from "../registrations.ts";
import { standInImage } from "../stand-in-image/build-image.ts";
import { privatePodman } from "./private-podman.ts";
import { qemu, type Rig } from "./rig.ts";

/** Each in a namespace of its own, from a binfmt_misc that holds nothing. */
export const scenarios = {
  async order(rig: Rig) {
    for (const [name, status] of [
      ["a", 7],
      ["c", 8],
      ["b", 9],
    ] as const) {
      await rig.add(name, await rig.interpreter(status), "F");
    }
    const seen = [await order(rig)];
    await rig.write("b", "0");
    seen.push(await order(rig));
    await rig.write("b", "1");
    seen.push(await order(rig));
    await rig.write("a", "-1");
    await rig.add("a", await rig.interpreter(7), "F");
    seen.push(await order(rig));
    return seen;
  },

  /** What was registered, beside what was read back. */
  async kernelReadsLines() {
    const pairs = [];
    for (const wanted of fc.sample(registrations, { numRuns: 150, seed: 6 })) {
      await writeFile(join(binfmtDirectory, "register"), registerLine(wanted));
      const handler = (await readHandlers(binfmtDirectory))?.handlers[0];
      await writeFile(join(binfmtDirectory, wanted.name), "-1");
      const expected = { enabled: true, offset: 0, ...wanted, flags: kernelFlags(wanted.flags) };
      pairs.push({ expected, handler });
    }
    return pairs;
  },

  async register(rig: Rig) {
    const { exec, options } = rig;
    const before = (await rig.status()).state;
    const registered = await registerBinfmt("arm64", exec, options);
    const entry = (await rig.entries())["pibuild-aarch64"];
    const exitCode = await rig.run();
    const again = await registerBinfmt("arm64", exec, options);
    const arm = await registerBinfmt("arm", exec, options);
    const armExitCode = await rig.run("arm");
    const undone = await undoBinfmt(["arm64"], exec, options);
    const left = Object.keys(await rig.entries());
    const rest = await undoBinfmt(["arm64", "arm"], exec, options);
    const nothing = await undoBinfmt(["arm64", "arm"], exec, options);
    const after = { exitCode: await rig.run(), entries: await rig.entries() };
    return {
      ...{ before, registered, entry, exitCode, again, arm, armExitCode },
      ...{ undone, left, rest, nothing, after },
    };
  },

  async concurrently(rig: Rig) {
    const { exec, options } = rig;
    await rig.add("unfixed", qemu, "OP");
    const all = await Promise.all([1, 2, 3].map(() => repairBinfmt("arm64", exec, options)));
    const states = all.map(({ state }) => state);
    return { states, changes: await readChanges(journalPath()), entries: await rig.entries() };
  },

  /** A handler of somebody else, and all of them, are switched off. */
  async switchedOff(rig: Rig) {
    const { exec, options } = rig;
    await rig.add("foreign", qemu, "F");
    await rig.write("foreign", "0");
    const one = await changed(rig, () => registerBinfmt("arm64", exec, options));
    await rig.write("foreign", "1");
    await rig.write("status", "0");
    const all = await changed(rig, () => registerBinfmt("arm64", exec, options));
    await rig.write("status", "1");
    await rig.write("foreign", "0");
    await rig.add("wrong", "/nowhere/qemu", "");
    await rig.write("wrong", "0");
    const good = await changed(rig, () => registerBinfmt("arm64", exec, options));
    return { one, all, good };
  },

  /** Each wrong handler alone: registering adds to it, repairing also puts it aside. */
  async wrong(rig: Rig) {
    const { exec, options, path } = rig;
    const debian = join(path, "aarch64-binfmt-P");
    await symlink(qemu, debian);
    const wrong: Record<string, [interpreter: string, flags: string]> = {
      gone: ["/nowhere/qemu", "OP"],
      unfixed: [qemu, "OPC"],
      dynamic: [process.execPath, "F"],
      argv0: [debian, "OF"],
      fails: [await rig.interpreter(7), "F"],
    };
    const seen: Record<string, unknown> = {};
    for (const [name, [interpreter, flags]] of Object.entries(wrong)) {
      await rig.add(name, interpreter, flags);
      const registered = await changed(rig, () => registerBinfmt("arm64", exec, options));
      const repaired = await changed(rig, () => repairBinfmt("arm64", exec, options));
      seen[name] = { registered, repaired };
      await rig.write(name, "-1");
    }
    return seen;
  },

  async debiansName({ exec, options, path, add, status, run }: Rig) {
    const debian = join(path, "aarch64-binfmt-P");
    await symlink(qemu, debian);
    await add("qemu-aarch64", debian, "OPF");
    await repairBinfmt("arm64", exec, options);
    return { status: await status(), exitCode: await run() };
  },

  async ownIsBroken(rig: Rig) {
    await rig.add("pibuild-aarch64", "/nowhere/qemu", "");
    const before = await rig.status();
    const repaired = await repairBinfmt("arm64", rig.exec, rig.options);
    const undone = await undoBinfmt(["arm64"], rig.exec, rig.options);
    return { before: before.state, repaired, undone, entries: await rig.entries() };
  },

  /** A good handler under a broken one; then two good ones; then one of a step that runs. */
  async several(rig: Rig) {
    const { exec, options } = rig;
    await rig.add("good", qemu, "OPF");
    await rig.add("later", qemu, "OP");
    const uncovered = await changed(rig, () => repairBinfmt("arm64", exec, options));
    await rig.write("later", "-1");
    await rig.add("also-good", qemu, "F");
    const two = await changed(rig, () => repairBinfmt("arm64", exec, options));
    await rig.write("also-good", "-1");
    await rig.add("pibuild-twin-1-2", qemu, "F");
    const twin = await changed(rig, () => repairBinfmt("arm64", exec, options));
    await rig.write("pibuild-twin-1-2", "-1");
    await rig.add("pretender", await rig.interpreter(7), "F");
    await rig.write("good", "-1");
    await rig.add("bad", "/nowhere/qemu", "");
    const neither = await changed(rig, () => repairBinfmt("arm64", exec, options));
    return { uncovered, two, twin, neither };
  },

  /** What was put aside is gone, or another has its place, when it should come back. */
  async goneMeanwhile(rig: Rig) {
    await rig.add("unfixed", qemu, "O");
    await repairBinfmt("arm64", rig.exec, rig.options);
    await rig.write("unfixed", "-1");
    await rig.write("pibuild-aarch64", "-1");
    return undoBinfmt(["arm64"], rig.exec, rig.options);
  },

  /** Without root; with a handler, and then without one. */
  async notRoot({ exec, options, path, status }: Rig) {
    const own = { ...options, journal: join(path, "journal") };
    const trial = (await status()).trial;
    const register = await failure(() => registerBinfmt("arm64", exec, own));
    const repair = await failure(() => repairBinfmt("arm", exec, own));
    return { trial, register, repair, undo: await undoBinfmt(["arm64"], exec, own) };
  },

  /** As in a container: what the machine outside has registered works, and cannot be seen. */
  async unseen({ exec, options, status }: Rig) {
    return { before: await status(), after: await registerBinfmt("arm64", exec, options) };
  },

  /** Where programs cannot be started for another reason, nothing is known. */
  async noexec({ exec, path, add, status }: Rig) {
    await add("good", qemu, "OPF");
    const known = await status();
    await exec.run({ program: "mount", args: ["-t", "tmpfs", "-o", "noexec", "tmpfs", path] });
    process.env.TMPDIR = path;
    const unknown = await status();
    await exec.run({ program: "umount", args: [path] });
    return [known, unknown].map(({ state, trial }) => ({ state, trial }));
  },

  async readOnly({ exec, options }: Rig) {
    const args = ["-o", "remount,bind,ro", binfmtDirectory];
    await exec.run({ program: "mount", args });
    return failure(() => registerBinfmt("arm64", exec, options));
  },

  async noQemu(rig: Rig) {
    const { exec, options, path } = rig;
    await exec.run({ program: "mount", args: ["-t", "tmpfs", "tmpfs", "/usr/libexec"] });
    const tools = ["PIBUILD_TOOL_QEMU_AARCH64_STATIC", "PIBUILD_TOOL_QEMU_AARCH64"];
    for (const tool of tools) process.env[tool] = join(path, "none");
    const none = await failure(() => registerBinfmt("arm64", exec, options));
    process.env.PIBUILD_TOOL_QEMU_AARCH64 = process.execPath;
    await rig.add("pretender", await rig.interpreter(7), "F");
    await rig.add("bad", "/nowhere/qemu", "");
    const before = await rig.entries();
    const dynamic = await failure(() => repairBinfmt("arm64", exec, options));
    const undone = await undoBinfmt(["arm64"], exec, options);
    return { none, dynamic, node: process.execPath, before, after: await rig.entries(), undone };
  },

  async notMountable({ exec, options, path }: Rig) {
    const nowhere = { ...options, directory: "/nowhere/misc", journal: join(path, "journal") };
    const refused = await failure(() => registerBinfmt("arm64", exec, nowhere));
    const filesystems = join(path, "filesystems");
    await writeFile(filesystems, "nodev\tproc\n\text4\n");
    await exec.run({ program: "mount", args: ["--bind", filesystems, "/proc/filesystems"] });
    const unknown = await failure(() => registerBinfmt("arm64", exec, nowhere));
    return { refused, unknown };
  },

  /** What is written for a start is judged by systemd's own program. */
  async persist(rig: Rig) {
    const { exec, options } = rig;
    const registrar = { path: "/usr/lib/systemd/systemd-binfmt" };
    const distribution = "/usr/lib/binfmt.d";
    if (!existsSync(registrar.path)) return { why: `there is no ${registrar.path}` };
    await exec.run({ program: "mount", args: ["-t", "tmpfs", "tmpfs", distribution] });
    const line = (flags: string) =>
      `${registerLine({ name: "qemu-aarch64", ...elfPatterns.arm64, interpreter: qemu, flags })}\n`;
    const start = async () => {
      await rig.write("status", "-1");
      await exec.run({ program: registrar, args: [] });
      const { state, handler } = await rig.status();
      return { state, taken: handler?.name };
    };
    const nothing = { file: await persistBinfmt("arm64", options), ...(await start()) };
    const again = await persistBinfmt("arm64", options);
    const undone = await undoBinfmt(["arm64"], exec, options);
    const file = join(distribution, "qemu-aarch64.conf");
    await writeFile(file, `# Debian's\n${line("OPF")}`);
    const good = { file: await persistBinfmt("arm64", options), ...(await start()) };
    await symlink("/dev/null", "/etc/binfmt.d/qemu-aarch64.conf");
    const hidden = { file: await persistBinfmt("arm64", options), ...(await start()) };
    await undoBinfmt(["arm64"], exec, options);
    await rm("/etc/binfmt.d/qemu-aarch64.conf");
    await writeFile(file, line("OP"));
    const unfixed = await start();
    const over = { file: await persistBinfmt("arm64", options), ...(await start()) };
    return { nothing, again, undone, good, hidden, unfixed, over };
  },

  /** What podman registers is the namespace's: both are of one user namespace. */
  async podman(rig: Rig) {
    const { exec, options, path } = rig;
    const why = await privatePodman(exec, path);
    if (why !== undefined) return { why };
    const container = { engine: "podman", image: standInImage } as const;
    const before = await containerStatus(exec, container);
    const registered = await registerInContainer(["arm64"], exec, container);
    const status = await rig.status();
    const exitCode = await rig.run();
    const again = await registerInContainer(["arm64"], exec, container);
    const undone = await undoBinfmt(["arm64", "arm"], exec, options);
    const left = Object.keys(await rig.entries());
    await rig.add("qemu-arm", "/nowhere/qemu", "", "arm");
    const wrong = await failure(() => registerInContainer(["arm"], exec, container));
    const both = { ...container, repair: true };
    const repaired = await registerInContainer(["arm64", "arm"], exec, both);
    const armExitCode = await rig.run("arm");
    const rest = await undoBinfmt(["arm64", "arm"], exec, options);
    const end = Object.keys(await rig.entries());
    return {
      ...{ before, registered, status, exitCode, again, undone, left },
      ...{ wrong, repaired, armExitCode, rest, end },
    };
  },

  /** Without a binfmt_misc outside of it, a container's goes away with it. */
  async rootlessPodman({ exec, path }: Rig) {
    const why = await privatePodman(exec, path);
    if (why !== undefined) return { why };
    const container = { engine: "podman", image: standInImage } as const;
    const forgotten = await failure(() => registerInContainer(["arm64"], exec, container));
    const missing = await failure(() => containerStatus(exec, { image: "localhost/none" }));
    return { forgotten, missing };
  },

  /** binfmt-support's own program, with a list of its own. */
  async formats(rig: Rig) {
    const { exec, path } = rig;
    const formats = join(path, "formats");
    const options = { ...rig.options, formats };
    await mkdir(formats);
    const list = async (name: string, fixed: string) => {
      const spec = await formatFile(path, name, fixed);
      const args = ["--admindir", formats, "--importdir", path, "--import", spec];
      await exec.run({ program: "update-binfmts", args });
      await exec.run({
        program: "update-binfmts",
        args: ["--admindir", formats, "--disable", name],
      });
    };
    const work = () => registerBinfmt("arm64", exec, options);
    await list("unfixed", "no");
    const unfixed = await changed(rig, work, options);
    await rm(join(formats, "unfixed"));
    await list("format", "yes");
    const fixed = await changed(rig, work, options);
    await list("second", "yes");
    return { unfixed, fixed, two: await changed(rig, work, options) };
  },
};

/** The first is who is taken; then all in the kernel's order as it is read. */
async function order(rig: Rig): Promise<[number, string[]]> {
  const read = await readHandlers(binfmtDirectory);
  return [await rig.run(), (read?.handlers ?? []).map(({ name }) => name)];
}

/** What a change did, and whether undoing it left everything as it was. */
async function changed(
  rig: Rig,
  change: () => Promise<{ readonly state: string; readonly handler?: { readonly name: string } }>,
  options = rig.options,
) {
  const before = await rig.entries();
  const { state: was } = await rig.status();
  const { state, handler } = await change();
  const exitCode = await rig.run();
  const on = Object.entries(await rig.entries())
    .filter(([, text]) => text.startsWith("enabled"))
    .map(([name]) => name);
  await undoBinfmt(["arm64"], rig.exec, options);
  const restored = JSON.stringify(await rig.entries()) === JSON.stringify(before);
  return { was, state, taken: handler?.name, exitCode, on, restored };
}

async function failure(work: () => Promise<unknown>) {
  try {
    return { result: await work() };
  } catch (error) {
    if (!(error instanceof PibuildError)) throw error;
    const { code, message, hint, data } = error;
    return { code, message, hint, data };
  }
}

/** A packaged format, update-binfmts(8). */
async function formatFile(path: string, name: string, fixed: string): Promise<string> {
  const bytes = (hex: string) => hex.replaceAll(/../g, (byte) => `\\x${byte}`);
  const lines = [
    "package test",
    `interpreter ${qemu}`,
    `magic ${bytes(elfPatterns.arm64.magic)}`,
    `mask ${bytes(elfPatterns.arm64.mask)}`,
    "credentials no",
    `fix_binary ${fixed}`,
    "preserve yes",
  ];
  await writeFile(join(path, name), `${lines.join("\n")}\n`);
  return name;
}
